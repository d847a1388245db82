import { floor, oneAtATime, orderSync } from '../contenders/contenders.ts';
import { drain } from '../lab/drain.ts';
import { interleave } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { cpuVerdict, describeRun, recorded, throughputVerdict } from '../report/throughput.ts';
import type { Figure } from './figure.ts';

const CONCURRENCY = 64;

/** The shop answers at once, so this measures the work itself. The same runs show the CPU time per order. */
export const throughputPostgres: Figure = {
  name: 'throughput-postgres',
  title: 'PostgreSQL, shop answers at once',
  async run(lab) {
    await using shop = await ShopProcess.start();
    const { orders, rounds } = lab.options;
    const product = orderSync({ concurrency: CONCURRENCY, prefetch: 2 * CONCURRENCY });
    const slow = Math.ceil(orders / 10);
    const found = await interleave(lab.say, rounds, [
      { name: 'order-sync', run: () => drain(lab, { contender: product, shop, orders }), describe: describeRun },
      { name: 'floor', run: () => drain(lab, { contender: floor(CONCURRENCY), shop, orders }), describe: describeRun },
      {
        name: 'one-at-a-time',
        run: () => drain(lab, { contender: oneAtATime(), shop, orders: slow }),
        describe: describeRun,
      },
    ]);
    return {
      ...recorded(found),
      verdicts: [
        throughputVerdict(found, { what: 'throughput, PostgreSQL', of: 'order-sync', by: 'floor', bar: 0.85 }),
        throughputVerdict(found, { what: 'throughput, PostgreSQL', of: 'order-sync', by: 'one-at-a-time', bar: 8 }),
        cpuVerdict(found, 'own CPU, logging on', 1.3),
      ],
    };
  },
};
