/** Numbers for the axes of charts. */

const TIMES_MS = [1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000, 360_000_000];

/** Round numbers from 0 to at least `max`, three or four of them. @param {number} max */
export function countTicks(max) {
  const rough = Math.max(1, max) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? 1);
  const ticks = [0];
  while ((ticks.at(-1) ?? 0) < max || ticks.length < 2) ticks.push((ticks.at(-1) ?? 0) + step);
  return ticks;
}

/** Times from below the shortest to above the longest, for a logarithmic axis. @param {readonly number[]} times in ms */
export function timeTicks(times) {
  const [min, max] = times.length === 0 ? [10, 1_000] : [Math.min(...times), Math.max(...times)];
  const from = TIMES_MS.findLastIndex((tick) => tick <= Math.max(1, min));
  const to = TIMES_MS.findIndex((tick) => tick >= max);
  const last = to === -1 ? TIMES_MS.length : to + 1;
  const first = Math.max(0, Math.min(from, TIMES_MS.length - 2));
  return TIMES_MS.slice(first, Math.max(last, first + 2));
}
