import { floor, orderSync } from '../contenders/contenders.ts';
import { drain } from '../lab/drain.ts';
import { interleave } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { describeRun, recorded, throughputVerdict } from '../report/throughput.ts';
import type { Figure } from './figure.ts';

const BATCH_SIZE = 50;

/** The shop can return many orders in one reply. The floor still fetches them one by one. */
export const throughputMany: Figure = {
  name: 'throughput-many',
  title: `PostgreSQL, shop answers at once with up to ${BATCH_SIZE} orders`,
  async run(lab) {
    await using shop = await ShopProcess.start();
    const { orders, rounds } = lab.options;
    const product = orderSync({ batchSize: BATCH_SIZE, concurrency: 4, prefetch: 8 * BATCH_SIZE });
    const found = await interleave(lab.say, rounds, [
      { name: 'order-sync', run: () => drain(lab, { contender: product, shop, orders }), describe: describeRun },
      { name: 'floor', run: () => drain(lab, { contender: floor(), shop, orders }), describe: describeRun },
    ]);
    const what = `throughput, ${BATCH_SIZE} orders a request`;
    return {
      ...recorded(found),
      verdicts: [throughputVerdict(found, { what, of: 'order-sync', by: 'floor', bar: 1.5 })],
    };
  },
};
