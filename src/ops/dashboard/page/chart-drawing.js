import { svg } from './dom.js';
import { duration, minute, number } from './format.js';
import { countTicks, timeTicks } from './scale.js';

/** @import { Bucket } from '../messages.ts' */
/** @typedef {{ width: number, height: number, left: number, bottom: number }} Area in px; left and bottom are for the labels */

const TOP = 8;
export const RIGHT = 4;

/** @param {readonly Bucket[]} buckets @param {Area} area @param {number} knownSince */
export function drawOrders(buckets, area, knownSince) {
  const ticks = countTicks(Math.max(...buckets.map(({ orders, deadLetters }) => orders + deadLetters)));
  const top = ticks.at(-1) ?? 1;
  const y = (/** @type {number} */ value) =>
    area.height - area.bottom - (value / top) * (area.height - TOP - area.bottom);
  const { step, x } = horizontal(buckets, area);
  const gap = step > 6 ? 1.5 : 0.5;
  const bar = (
    /** @type {string} */ name,
    /** @type {number} */ index,
    /** @type {number} */ from,
    /** @type {number} */ to,
  ) =>
    to > from &&
    svg('rect', {
      class: name,
      x: x(index) + gap / 2,
      width: step - gap,
      y: y(to),
      height: Math.max(1, y(from) - y(to)),
    });
  return frame(area, [
    ...ticks.map((tick) => gridLine(area, y(tick), number(tick))),
    ...unknownArea(buckets, area, knownSince),
    ...timeLabels(buckets, area),
    ...buckets.map(({ orders }, index) => bar('bar', index, 0, orders)),
    ...buckets.map(({ orders, deadLetters }, index) => bar('bar bar-bad', index, orders, orders + deadLetters)),
    ...hits(buckets, area),
  ]);
}

/** @param {readonly Bucket[]} buckets @param {Area} area @param {number} knownSince */
export function drawTimes(buckets, area, knownSince) {
  const times = buckets.flatMap(({ p50, p95 }) => (p50 === null || p95 === null ? [] : [p50, p95]));
  const ticks = timeTicks(times);
  const [low, high] = [Math.log(ticks[0] ?? 1), Math.log(ticks.at(-1) ?? 10)];
  const y = (/** @type {number} */ ms) =>
    area.height - area.bottom - ((Math.log(ms) - low) / (high - low)) * (area.height - TOP - area.bottom);
  const { step, x } = horizontal(buckets, area);
  const whisker = Math.max(1.5, Math.min(step * 0.4, 5));
  return frame(area, [
    ...ticks.map((tick) => gridLine(area, y(tick), duration(tick))),
    ...unknownArea(buckets, area, knownSince),
    ...timeLabels(buckets, area),
    ...buckets.flatMap(({ p50, p95 }, index) => {
      if (p50 === null || p95 === null) return [];
      const middle = x(index) + step / 2;
      return [
        svg('rect', {
          class: 'spread',
          x: middle - whisker / 2,
          width: whisker,
          y: y(p95),
          height: Math.max(1, y(p50) - y(p95)),
        }),
        svg('circle', { class: 'median', cx: middle, cy: y(p50), r: Math.max(1.6, Math.min(step * 0.32, 3.2)) }),
      ];
    }),
    ...hits(buckets, area),
  ]);
}

/** @param {readonly Bucket[]} buckets @param {Area} area */
function horizontal(buckets, area) {
  const step = (area.width - area.left - RIGHT) / buckets.length;
  return { step, x: (/** @type {number} */ index) => area.left + index * step };
}

/** @param {Area} area @param {import('./dom.js').Child[]} children */
function frame(area, children) {
  return svg(
    'svg',
    { width: area.width, height: area.height, viewBox: `0 0 ${area.width} ${area.height}`, 'aria-hidden': 'true' },
    children,
  );
}

/** @param {Area} area @param {number} y @param {string} label */
function gridLine(area, y, label) {
  return svg(
    'g',
    { class: 'grid' },
    svg('line', { x1: area.left, x2: area.width - RIGHT, y1: y, y2: y }),
    svg('text', { x: area.left - 8, y: y + 4, 'text-anchor': 'end' }, label),
  );
}

/** Round times: every quarter of an hour, or every four hours. @param {readonly Bucket[]} buckets @param {Area} area */
function timeLabels(buckets, area) {
  const { step, x } = horizontal(buckets, area);
  const first = buckets[0];
  const span = (buckets.at(-1)?.at ?? 0) - (first?.at ?? 0);
  const isRound = (/** @type {Date} */ date) =>
    span > 7_200_000 ? date.getHours() % 4 === 0 && date.getMinutes() === 0 : date.getMinutes() % 15 === 0;
  return buckets.flatMap(({ at }, index) => {
    const middle = x(index) + step / 2;
    if (!isRound(new Date(at)) || middle < area.left + 14 || middle > area.width - 18) return [];
    return [svg('text', { class: 'hour', x: middle, y: area.height - 4, 'text-anchor': 'middle' }, minute(at))];
  });
}

/** @param {readonly Bucket[]} buckets @param {Area} area @param {number} knownSince */
function unknownArea(buckets, area, knownSince) {
  const { step } = horizontal(buckets, area);
  const unknown = buckets.filter(({ at }) => at < knownSince - 60_000).length;
  if (unknown === 0) return [];
  return [
    svg('rect', {
      class: 'unknown',
      x: area.left,
      width: unknown * step,
      y: TOP,
      height: area.height - TOP - area.bottom,
    }),
  ];
}

/** What the readout speaks of is marked. @param {readonly Bucket[]} buckets @param {Area} area */
function hits(buckets, area) {
  const { step, x } = horizontal(buckets, area);
  return buckets.map((_, index) =>
    svg('rect', { class: 'hit', x: x(index), width: step, y: TOP, height: area.height - TOP - area.bottom }),
  );
}
