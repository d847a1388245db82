import { ContenderProcess } from '../contenders/contender-process.ts';
import { type Contender, floor, orderSync } from '../contenders/contenders.ts';
import { watchForAck } from '../lab/ack-watch.ts';
import { freshDatabase, type Lab, surroundings } from '../lab/lab.ts';
import { newOrders } from '../lab/orders.ts';
import { interleave, medianOf, type Rounds, ratioOf } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import type { Verdict } from '../report/results.ts';
import type { Figure } from './figure.ts';

const WAITING_ORDERS = 100;
/** Starts are short and vary. */
const MIN_ROUNDS = 7;

/** From the start of the process to its first ack on the wire, with events waiting in the queue. */
export const startUp: Figure = {
  name: 'start-up',
  title: 'start to first ack',
  async run(lab) {
    await using shop = await ShopProcess.start();
    const { rounds } = lab.options;
    const found = await interleave(
      lab.say,
      rounds === 1 ? 1 : Math.max(rounds, MIN_ROUNDS),
      [orderSync(), floor()].map((contender) => ({
        name: contender.name,
        run: () => startToFirstAck(lab, contender, shop),
        describe: ({ ms, cpuMs }: Start) => `${ms.toFixed(0)} ms  ${cpuMs.toFixed(0)} ms CPU`,
      })),
    );
    return {
      runs: [...found].flatMap(([name, starts]) => starts.map((start, round) => ({ name, round, ...start }))),
      verdicts: [
        verdict(found, 'start to first ack', ({ ms }) => ms, 2),
        verdict(found, 'own CPU until the first ack', ({ cpuMs }) => cpuMs, 1.4),
      ],
    };
  },
};

interface Start {
  /** From the start of the process to its first ack on the wire. */
  readonly ms: number;
  /** User and system time until then. */
  readonly cpuMs: number;
}

function verdict(found: Rounds<Start>, what: string, measure: (start: Start) => number, bar: number): Verdict {
  const text = (name: string) => `${medianOf(found, name, measure).toFixed(0)} ms`;
  return {
    what,
    measured: text('order-sync'),
    against: `floor ${text('floor')}`,
    value: ratioOf(found, 'order-sync', 'floor', measure),
    unit: '×',
    bar,
    sense: 'at most',
  };
}

async function startToFirstAck(lab: Lab, contender: Contender, shop: ShopProcess): Promise<Start> {
  await using cleanUp = new AsyncDisposableStack();
  const database = cleanUp.use(await freshDatabase(lab));
  const queue = cleanUp.use(await lab.broker.openQueue());
  const watch = cleanUp.use(await watchForAck(lab.broker.url));
  await queue.publish(newOrders(WAITING_ORDERS).numbers());
  lab.signal.throwIfAborted();
  const around = { ...surroundings(lab, queue.name, shop, database), brokerUrl: watch.url };
  const startedAt = performance.now();
  const process = cleanUp.use(new ContenderProcess(contender, around));
  const ms = (await Promise.race([watch.firstAck, process.failed])) - startedAt;
  return { ms, cpuMs: process.usage().cpuMs };
}
