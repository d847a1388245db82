import type { Run } from '../lab/drain.ts';
import { medianOf, type Rounds, ratioOf } from '../lab/rounds.ts';
import { grouped, type Verdict } from './results.ts';

export function ordersPerSecond(run: Run): number {
  return run.ordersPerSecond;
}

export function describeRun(run: Run): string {
  const { seconds, cpuMsPerOrder, peakResidentMb } = run;
  const rate = `${grouped(run.ordersPerSecond)} orders/s`.padStart(16);
  return `${rate}  ${seconds.toFixed(1)} s  ${cpuMsPerOrder.toFixed(3)} ms CPU/order  ${Math.round(peakResidentMb)} MB`;
}

/** Throughput of one contender as a multiple of another's. */
export function throughputVerdict(
  rounds: Rounds<Run>,
  { what, of, by, bar }: { what: string; of: string; by: string; bar: number },
): Verdict {
  return {
    what,
    measured: `${grouped(medianOf(rounds, of, ordersPerSecond))} orders/s`,
    against: `${by} ${grouped(medianOf(rounds, by, ordersPerSecond))} orders/s`,
    value: ratioOf(rounds, of, by, ordersPerSecond),
    unit: '×',
    bar,
    sense: 'at least',
  };
}

/** Own CPU time per order of order-sync as a multiple of the floor's. */
export function cpuVerdict(rounds: Rounds<Run>, what: string, bar: number): Verdict {
  const cpu = (run: Run) => run.cpuMsPerOrder;
  const text = (name: string) => `${medianOf(rounds, name, cpu).toFixed(3)} ms/order`;
  return {
    what,
    measured: text('order-sync'),
    against: `floor ${text('floor')}`,
    value: ratioOf(rounds, 'order-sync', 'floor', cpu),
    unit: '×',
    bar,
    sense: 'at most',
  };
}

/** The rounds for the JSON file and the plot. */
export function recorded(rounds: Rounds<Run>): { runs: object[]; throughput: Record<string, number> } {
  return {
    runs: [...rounds].flatMap(([name, runs]) => runs.map((run, round) => ({ name, round, ...run }))),
    throughput: Object.fromEntries([...rounds.keys()].map((name) => [name, medianOf(rounds, name, ordersPerSecond)])),
  };
}
