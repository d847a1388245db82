import { orderSync } from '../contenders/contenders.ts';
import { drain, type Run, type Work } from '../lab/drain.ts';
import type { Lab } from '../lab/lab.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { grouped } from '../report/results.ts';
import type { Figure } from './figure.ts';

const REQUESTS_PER_SECOND = 2;
const BATCH_SIZE = 50;
/** With one request per order, at two a second, a few orders are enough. */
const SINGLE_ORDERS_SHARE = 0.02;

interface SustainedRun extends Run {
  readonly sustainedPerSecond: number;
}

/** The shop answers 429 above two requests a second: batches must grow on their own. */
export const rateLimited: Figure = {
  name: 'rate-limited',
  title: `shop limited to ${REQUESTS_PER_SECOND} requests a second`,
  async run(lab) {
    const limits = { requestsPerSecond: REQUESTS_PER_SECOND, prefetch: 8 * BATCH_SIZE };
    const batched = orderSync({ ...limits, batchSize: BATCH_SIZE });
    const single = orderSync({ ...limits, name: 'order-sync, batch size 1' });
    const { limitedOrders } = lab.options;
    const many = await sustained(lab, { contender: batched, orders: limitedOrders });
    const few = await sustained(lab, { contender: single, orders: Math.ceil(limitedOrders * SINGLE_ORDERS_SHARE) });
    return {
      runs: [many, few],
      verdicts: [
        {
          what: `throughput, shop limited to ${REQUESTS_PER_SECOND} requests/s, ${BATCH_SIZE} orders a request`,
          measured: `${grouped(many.sustainedPerSecond)} orders/s`,
          against: `batch size 1: ${grouped(few.sustainedPerSecond)} orders/s`,
          value: many.sustainedPerSecond,
          unit: 'orders/s',
          bar: 95,
          sense: 'at least',
        },
      ],
    };
  },
};

/** The rate from the first commit on. The first request goes out without a wait and would flatter a short run. */
async function sustained(lab: Lab, work: Pick<Work, 'contender' | 'orders'>): Promise<SustainedRun> {
  await using shop = await ShopProcess.start({ requestsPerSecond: REQUESTS_PER_SECOND });
  let first: { readonly elapsedMs: number; readonly count: number } | undefined;
  const run = await drain(lab, {
    ...work,
    shop,
    watch: {
      everyMs: 20,
      async look({ elapsedMs, database, orders }) {
        if (first !== undefined) return;
        const count = await database.countOrders(orders);
        if (count > 0) first = { elapsedMs, count };
      },
    },
  });
  const { elapsedMs, count } = first ?? { elapsedMs: 0, count: 0 };
  const sustainedPerSecond = (run.orders - count) / (run.seconds - elapsedMs / 1000);
  lab.say(
    `  ${run.contender.padEnd(28)} ${grouped(sustainedPerSecond)} orders/s sustained  ${run.seconds.toFixed(1)} s`,
  );
  return { ...run, sustainedPerSecond };
}
