import { floor, oneAtATime, orderSync } from '../contenders/contenders.ts';
import { drain } from '../lab/drain.ts';
import { interleave } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { describeRun, recorded, throughputVerdict } from '../report/throughput.ts';
import type { Figure } from './figure.ts';

const LATENCY_MS = 50;
const CONCURRENCY = 128;

/** The shop is 50 ms away, as over the internet: the number of parallel requests counts. */
export const throughputFar: Figure = {
  name: 'throughput-far',
  title: `PostgreSQL, shop ${LATENCY_MS} ms away, ${CONCURRENCY} requests at a time`,
  async run(lab) {
    await using shop = await ShopProcess.start({ latencyMs: LATENCY_MS });
    const { rounds } = lab.options;
    // Mostly waiting, so a shorter run is just as telling.
    const orders = Math.ceil(lab.options.orders / 2);
    const product = orderSync({ concurrency: CONCURRENCY, prefetch: 2 * CONCURRENCY });
    const slow = Math.ceil(orders / 150);
    const found = await interleave(lab.say, rounds, [
      { name: 'order-sync', run: () => drain(lab, { contender: product, shop, orders }), describe: describeRun },
      { name: 'floor', run: () => drain(lab, { contender: floor(CONCURRENCY), shop, orders }), describe: describeRun },
      {
        name: 'one-at-a-time',
        run: () => drain(lab, { contender: oneAtATime(), shop, orders: slow }),
        describe: describeRun,
      },
    ]);
    const what = `throughput, shop ${LATENCY_MS} ms away`;
    return {
      ...recorded(found),
      verdicts: [
        throughputVerdict(found, { what, of: 'order-sync', by: 'one-at-a-time', bar: 90 }),
        throughputVerdict(found, { what, of: 'order-sync', by: 'floor', bar: 0.95 }),
      ],
    };
  },
};
