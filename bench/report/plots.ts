import { grouped, type TimelinePoint } from './results.ts';
import { percentile } from './statistics.ts';
import { type Area, bar, COLOURS, curve, line, svg, text, ticks } from './svg.ts';
import type { Found } from './table.ts';

const WIDTH = 860;
const GREY = '#59636e';

/** File name → SVG, for the figures that were measured. */
export function plots(found: Found): ReadonlyMap<string, string> {
  const results = [...found];
  const bars = results.flatMap(([{ title }, { throughput }]) => (throughput ? [{ title, throughput }] : []));
  const latencies = results.map(([, result]) => result.latencies).find((found) => found !== undefined);
  const timeline = results.flatMap(([, result]) => result.timeline ?? []);
  return new Map([
    ...(bars.length > 0 ? [['throughput.svg', throughputPlot(bars)] as const] : []),
    ...(latencies === undefined ? [] : [['latency.svg', latencyPlot(latencies)] as const]),
    ...(timeline.length > 1 ? [['memory.svg', memoryPlot(timeline)] as const] : []),
  ]);
}

interface Bars {
  readonly title: string;
  readonly throughput: Readonly<Record<string, number>>;
}

/** Each figure has its own scale, as only ratios within a figure mean anything. */
function throughputPlot(figures: readonly Bars[]): string {
  const parts: string[] = [];
  let top = 56;
  for (const { title, throughput } of figures) {
    parts.push(text(16, top, title, { colour: GREY }));
    const entries = Object.entries(throughput);
    const largest = Math.max(...entries.map(([, rate]) => rate));
    for (const [index, [name, rate]] of entries.entries()) {
      const y = top + 10 + index * 24;
      const width = (rate / largest) * (WIDTH - 380);
      parts.push(text(224, y + 14, name, { anchor: 'end' }));
      parts.push(bar({ left: 232, top: y, width, height: 18 }, COLOURS[index % COLOURS.length] ?? GREY));
      parts.push(text(240 + width, y + 14, `${grouped(rate)} orders/s`));
    }
    top += entries.length * 24 + 40;
  }
  return svg(WIDTH, top, 'Throughput (medians; each group has its own scale)', parts);
}

/** Share of orders committed within a time: further left is better. */
function latencyPlot(latencies: Readonly<Record<string, readonly number[]>>): string {
  const area: Area = { left: 60, top: 48, width: WIDTH - 270, height: 280 };
  const entries = Object.entries(latencies);
  const scale = ticks(1.1 * Math.max(...entries.map(([, values]) => percentile(values, 99))));
  const end = scale.at(-1) ?? 1;
  const x = (ms: number) => area.left + (Math.min(ms, end) / end) * area.width;
  const y = (share: number) => area.top + area.height * (1 - share / 100);
  const parts = [
    ...[0, 25, 50, 75, 99].map((share) => horizontal(area, y(share), `${share} %`)),
    ...scale.map((ms) => below(area, x(ms), `${ms} ms`)),
  ];
  for (const [index, [name, values]] of entries.entries()) {
    const colour = COLOURS[index] ?? GREY;
    const shares = Array.from({ length: 201 }, (_, step) => step / 2);
    parts.push(
      curve(
        shares.map((share) => [x(percentile(values, share)), y(share)] as const),
        colour,
      ),
    );
    const at = (share: number) => `p${share} ${percentile(values, share).toFixed(1)} ms`;
    parts.push(text(area.left + area.width + 12, 70 + index * 60, name, { colour, weight: 'bold' }));
    parts.push(text(area.left + area.width + 12, 88 + index * 60, `${at(50)}, ${at(99)}`, { colour }));
  }
  return svg(WIDTH, 372, 'Share of orders committed within a time after the publish, 20 orders/s', parts);
}

/** Resident memory and rate over the drained events. */
function memoryPlot(timeline: readonly TimelinePoint[]): string {
  const rates = timeline.slice(1).map((point, index) => {
    const before = timeline[index] ?? point;
    return { drained: point.drained, rate: (point.drained - before.drained) / (point.seconds - before.seconds) };
  });
  const total = timeline.at(-1)?.drained ?? 1;
  const sizes = timeline.map(({ drained, residentMb }) => ({ at: drained, value: residentMb }));
  const speeds = rates.map(({ drained, rate }) => ({ at: drained, value: rate }));
  return svg(WIDTH, 480, `Draining ${grouped(total)} events`, [
    ...strip({ left: 90, top: 48, width: WIDTH - 130, height: 170 }, sizes, total, 'MB', COLOURS[0] ?? GREY),
    ...strip({ left: 90, top: 268, width: WIDTH - 130, height: 170 }, speeds, total, 'events/s', COLOURS[1] ?? GREY),
  ]);
}

function strip(
  area: Area,
  points: readonly { at: number; value: number }[],
  total: number,
  unit: string,
  colour: string,
): string[] {
  const scale = ticks(Math.max(...points.map(({ value }) => value)));
  const end = scale.at(-1) ?? 1;
  const x = (at: number) => area.left + (at / total) * area.width;
  const y = (value: number) => area.top + area.height * (1 - value / end);
  return [
    ...scale.map((value) => horizontal(area, y(value), value.toLocaleString('en'))),
    ...ticks(total)
      .filter((at) => at <= total)
      .map((at) => below(area, x(at), at.toLocaleString('en'))),
    text(area.left + 6, area.top + 14, unit, { colour, weight: 'bold' }),
    curve(
      points.map(({ at, value }) => [x(at), y(value)] as const),
      colour,
    ),
  ];
}

function horizontal(area: Area, y: number, label: string): string {
  const right = area.left + area.width;
  return line([area.left, y], [right, y]) + text(area.left - 8, y + 4, label, { anchor: 'end', colour: GREY });
}

function below(area: Area, x: number, label: string): string {
  return text(x, area.top + area.height + 20, label, { anchor: 'middle', colour: GREY });
}
