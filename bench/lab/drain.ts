import { setTimeout as sleep } from 'node:timers/promises';
import { orAborted, withTimeout } from '../../src/async/deadline.ts';
import { BenchError } from '../bench-error.ts';
import { ContenderProcess } from '../contenders/contender-process.ts';
import type { Contender } from '../contenders/contenders.ts';
import type { BenchQueue } from './broker.ts';
import type { BenchDatabase } from './databases.ts';
import { findProblems } from './find-problems.ts';
import { freshDatabase, type Lab, surroundings } from './lab.ts';
import { newOrders, type Orders } from './orders.ts';
import type { ShopProcess } from './shop-process.ts';

/** One drain to measure. */
export interface Work {
  readonly contender: Contender;
  readonly shop: ShopProcess;
  readonly orders: number;
  /** Processes at once. @defaultValue 1 */
  readonly instances?: number;
  /** @defaultValue a PostgreSQL schema of its own */
  readonly database?: BenchDatabase;
  /** The events to publish. The last one must be its order's first. @defaultValue each order once */
  readonly events?: (orders: Orders) => Iterable<string>;
  /** Called repeatedly while the queue is drained. */
  readonly watch?: { readonly everyMs: number; readonly look: (scene: Scene) => Promise<void> };
  /** Finds further problems in the end, one line each. */
  readonly inspect?: (scene: Scene) => Promise<string[]>;
}

export interface Scene {
  /** Since the shop's first reply. */
  readonly elapsedMs: number;
  readonly queue: BenchQueue;
  readonly database: BenchDatabase;
  readonly orders: Orders;
  readonly processes: readonly ContenderProcess[];
}

/** The result: from the shop's first reply to the last order's commit, as another database connection sees it. */
export interface Run {
  readonly contender: string;
  readonly orders: number;
  readonly seconds: number;
  readonly ordersPerSecond: number;
  /** User and system time of all the contender's processes in that time. */
  readonly cpuMsPerOrder: number;
  /** The largest process, at the end. */
  readonly residentMb: number;
  /** The largest process, at its peak. */
  readonly peakResidentMb: number;
}

const POLL_MS = 50;
const POLL_AT_THE_END_MS = 5;
const STALLED_MS = 60_000;

/**
 * Fills a queue, starts the contender, and holds back the shop's first reply, from which on the time counts: start-up is
 * another figure.
 *
 * @throws BenchError when an order, a line or an ack is missing in the end
 */
export async function drain(lab: Lab, work: Work): Promise<Run> {
  await using cleanUp = new AsyncDisposableStack();
  const database = work.database ?? cleanUp.use(await freshDatabase(lab));
  const queue = cleanUp.use(await lab.broker.openQueue());
  const orders = newOrders(work.orders);
  await queue.publish(work.events?.(orders) ?? orders.numbers());
  await database.settle();
  lab.signal.throwIfAborted();

  const firstRequest = work.shop.hold();
  const around = surroundings(lab, queue.name, work.shop, database);
  const processes = Array.from({ length: work.instances ?? 1 }, () =>
    cleanUp.use(new ContenderProcess(work.contender, around)),
  );
  await orAborted(begun(firstRequest, processes), lab.signal);
  const before = processes.map((process) => process.usage().cpuMs);
  await work.shop.release();
  const startedAt = performance.now();
  const scene = (): Scene => ({ elapsedMs: performance.now() - startedAt, queue, database, orders, processes });
  await untilDrained(lab, work, scene);
  const seconds = scene().elapsedMs / 1000;
  const after = processes.map((process) => process.usage());

  await Promise.all(processes.map((process) => process.stop()));
  const problems = [...(await findProblems(orders, database, queue)), ...((await work.inspect?.(scene())) ?? [])];
  for (const process of problems.length === 0 ? [] : processes) throw process.failure(problems.join('; '));
  return {
    contender: work.contender.name,
    orders: work.orders,
    seconds,
    ordersPerSecond: work.orders / seconds,
    cpuMsPerOrder: after.reduce((sum, usage, index) => sum + usage.cpuMs - (before[index] ?? 0), 0) / work.orders,
    residentMb: Math.max(...after.map((usage) => usage.residentMb)),
    peakResidentMb: Math.max(...after.map((usage) => usage.peakResidentMb)),
  };
}

/** A contender waits for a broker or a database that is away for as long as it takes: here, that is a failure. */
function begun(firstRequest: Promise<void>, processes: readonly ContenderProcess[]): Promise<void> {
  return withTimeout(Promise.race([firstRequest, ...processes.map(({ failed }) => failed)]), STALLED_MS, () => {
    for (const process of processes) throw process.failure(`asked for no order within ${STALLED_MS / 1000} s`);
  });
}

/** Polls the broker, which costs next to nothing, until the queue is empty, and only then the database. */
async function untilDrained(lab: Lab, { watch }: Work, scene: () => Scene): Promise<void> {
  const { queue, database, orders, processes } = scene();
  let left = Number.POSITIVE_INFINITY;
  let progressedAt = performance.now();
  let nextLookMs = 0;
  for (;;) {
    lab.signal.throwIfAborted();
    for (const process of processes) process.assertAlive();
    const ready = await queue.ready();
    const now = ready > 0 ? ready + orders.count : orders.count - (await database.countOrders(orders));
    if (now < left) progressedAt = performance.now();
    left = Math.min(left, now);
    if (left === 0) return;
    if (performance.now() - progressedAt > STALLED_MS)
      throw new BenchError(`Nothing has moved for ${STALLED_MS / 1000} s: ${ready} messages ready, ${left} left.`);
    if (watch !== undefined && scene().elapsedMs >= nextLookMs) {
      nextLookMs += watch.everyMs;
      await watch.look(scene());
    }
    await sleep(ready > 0 ? POLL_MS : POLL_AT_THE_END_MS);
  }
}
