import { orderSync } from '../contenders/contenders.ts';
import { drain } from '../lab/drain.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { grouped, type TimelinePoint, type Verdict } from '../report/results.ts';
import { median } from '../report/statistics.ts';
import { describeRun } from '../report/throughput.ts';
import type { Figure } from './figure.ts';

const CONCURRENCY = 64;
const SAMPLE_MS = 1_000;
/** Until then, memory may grow. */
const WARM_UP_EVENTS = 50_000;
const MAX_RESIDENT_MB = 150;
/** The largest ratio of end to beginning that counts as flat. */
const FLAT = 1.1;
const SAY_EVERY = 30;

/** A backlog, as after a long outage. */
export const memory: Figure = {
  name: 'memory',
  title: 'memory and rate over a long drain',
  async run(lab) {
    await using shop = await ShopProcess.start();
    const events = lab.options.drain;
    const timeline: TimelinePoint[] = [];
    lab.say(`  publishing ${grouped(events)} events …`);
    const run = await drain(lab, {
      contender: orderSync({ concurrency: CONCURRENCY, prefetch: 2 * CONCURRENCY }),
      shop,
      orders: events,
      watch: {
        everyMs: SAMPLE_MS,
        async look({ elapsedMs, queue, processes }) {
          const drained = events - (await queue.ready());
          const residentMb = processes[0]?.usage().residentMb ?? 0;
          timeline.push({ seconds: elapsedMs / 1000, drained, residentMb });
          if (timeline.length % SAY_EVERY === 0)
            lab.say(`  ${grouped(drained)} of ${grouped(events)} events, ${Math.round(residentMb)} MB`);
        },
      },
    });
    timeline.push({ seconds: run.seconds, drained: events, residentMb: run.residentMb });
    lab.say(`  ${run.contender.padEnd(28)} ${describeRun(run)}`);
    return { runs: [run], timeline, verdicts: verdicts(timeline, events, run.peakResidentMb) };
  },
};

function verdicts(timeline: readonly TimelinePoint[], events: number, peakMb: number): Verdict[] {
  const warm = timeline.filter(({ drained }) => drained >= Math.min(WARM_UP_EVENTS, events / 4));
  const third = Math.ceil(warm.length / 3);
  const middle = (points: readonly TimelinePoint[]) => median(points.map(({ residentMb }) => residentMb));
  const first = middle(warm.slice(0, third));
  const last = middle(warm.slice(-third));
  const what = `memory, draining ${grouped(events)} events`;
  const flat: Verdict = {
    what: `${what}: last third against first third after the first ${grouped(WARM_UP_EVENTS)}`,
    measured: `${Math.round(last)} MB`,
    against: `${Math.round(first)} MB`,
    value: last / first,
    unit: '×',
    bar: FLAT,
    sense: 'at most',
  };
  const peak: Verdict = {
    what: `${what}: peak`,
    measured: `${Math.round(peakMb)} MB`,
    against: '',
    value: peakMb,
    unit: 'MB',
    bar: MAX_RESIDENT_MB,
    sense: 'at most',
  };
  // A short drain has too few samples to compare.
  return warm.length < 3 ? [peak] : [flat, peak];
}
