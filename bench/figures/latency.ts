import { setTimeout as sleep } from 'node:timers/promises';
import { ContenderProcess } from '../contenders/contender-process.ts';
import { type Contender, oneAtATime, orderSync } from '../contenders/contenders.ts';
import { listenForCommits } from '../lab/commit-listener.ts';
import { findProblems } from '../lab/find-problems.ts';
import { freshDatabase, type Lab, surroundings } from '../lab/lab.ts';
import { newOrders } from '../lab/orders.ts';
import { interleave, type Rounds } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import type { Verdict } from '../report/results.ts';
import { percentile } from '../report/statistics.ts';
import type { Figure } from './figure.ts';

const ORDERS_PER_SECOND = 20;
/** Published before the measurement, so that connections are open and code is compiled. */
const WARM_UP_ORDERS = 100;
const COMMITTED_WITHIN_MS = 10_000;

interface LatencyRun {
  /** From just before the publish to the commit's notification, in ms. */
  readonly latenciesMs: readonly number[];
}

/** A normal day: one order every 50 ms. Batching must not delay it. */
export const latency: Figure = {
  name: 'latency',
  title: `publish to commit at ${ORDERS_PER_SECOND} orders/s`,
  async run(lab) {
    await using shop = await ShopProcess.start();
    const found = await interleave(
      lab.say,
      lab.options.rounds,
      [orderSync(), oneAtATime()].map((contender) => ({
        name: contender.name,
        run: () => measure(lab, contender, shop),
        describe: ({ latenciesMs }: LatencyRun) => `p50 ${ms(latenciesMs, 50)}  p99 ${ms(latenciesMs, 99)}`,
      })),
    );
    const latencies = Object.fromEntries([...found].map(([name, runs]) => [name, pooled(runs)]));
    return {
      latencies,
      runs: [...found].flatMap(([name, runs]) => runs.map((run, round) => ({ name, round, ...run }))),
      verdicts: [verdict(found, 50, 1.05), verdict(found, 99, 1)],
    };
  },
};

/** Over all rounds together, as a 99th percentile needs many values. */
function verdict(found: Rounds<LatencyRun>, share: number, bar: number): Verdict {
  const ours = pooled(found.get('order-sync') ?? []);
  const theirs = pooled(found.get('one-at-a-time') ?? []);
  return {
    what: `publish to commit at ${ORDERS_PER_SECOND} orders/s, p${share}`,
    measured: ms(ours, share),
    against: `one-at-a-time ${ms(theirs, share)}`,
    value: percentile(ours, share) / percentile(theirs, share),
    unit: '×',
    bar,
    sense: 'at most',
  };
}

async function measure(lab: Lab, contender: Contender, shop: ShopProcess): Promise<LatencyRun> {
  await using cleanUp = new AsyncDisposableStack();
  const database = cleanUp.use(await freshDatabase(lab));
  const queue = cleanUp.use(await lab.broker.openQueue());
  const commits = cleanUp.use(await listenForCommits(database));
  await database.settle();
  const process = cleanUp.use(new ContenderProcess(contender, surroundings(lab, queue.name, shop, database)));

  const warmUp = newOrders(WARM_UP_ORDERS);
  await queue.publish(warmUp.numbers());
  await Promise.race([commits.seen(warmUp.count, COMMITTED_WITHIN_MS), process.failed]);

  const orders = newOrders(ORDERS_PER_SECOND * lab.options.latencySeconds);
  const published = new Map<string, number>();
  const startedAt = performance.now();
  for (const orderNumber of orders.numbers()) {
    const dueAt = startedAt + (published.size * 1000) / ORDERS_PER_SECOND;
    await sleep(Math.max(0, dueAt - performance.now()));
    lab.signal.throwIfAborted();
    published.set(orderNumber, performance.now());
    await queue.publish([orderNumber]);
  }
  await Promise.race([commits.seen(warmUp.count + orders.count, COMMITTED_WITHIN_MS), process.failed]);
  await process.stop();
  const problems = await findProblems(orders, database, queue);
  if (problems.length > 0) throw process.failure(problems.join('; '));
  return { latenciesMs: [...published].map(([number, at]) => (commits.at(number) ?? Number.NaN) - at) };
}

function pooled(runs: readonly LatencyRun[]): number[] {
  return runs.flatMap(({ latenciesMs }) => latenciesMs);
}

function ms(values: readonly number[], share: number): string {
  return `${percentile(values, share).toFixed(1)} ms`;
}
