import { floor, orderSync } from '../contenders/contenders.ts';
import { drain } from '../lab/drain.ts';
import { interleave } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { cpuVerdict, describeRun, recorded, throughputVerdict } from '../report/throughput.ts';
import type { Figure } from './figure.ts';

const CONCURRENCY = 64;
/** A sixth of a warm run: the backlog of a morning, gone before V8 has compiled much. */
const SHARE = 6;
/** Short runs vary more. */
const MIN_ROUNDS = 5;

/** The backlog that a restart finds. The floor starts as cold. */
export const throughputCold: Figure = {
  name: 'throughput-cold',
  title: 'PostgreSQL, shop answers at once, a short backlog right after a start',
  async run(lab) {
    await using shop = await ShopProcess.start();
    const rounds = lab.options.rounds === 1 ? 1 : Math.max(lab.options.rounds, MIN_ROUNDS);
    const orders = Math.ceil(lab.options.orders / SHARE);
    const product = orderSync({ concurrency: CONCURRENCY, prefetch: 2 * CONCURRENCY });
    const found = await interleave(lab.say, rounds, [
      { name: 'order-sync', run: () => drain(lab, { contender: product, shop, orders }), describe: describeRun },
      { name: 'floor', run: () => drain(lab, { contender: floor(CONCURRENCY), shop, orders }), describe: describeRun },
    ]);
    return {
      ...recorded(found),
      verdicts: [
        throughputVerdict(found, { what: 'throughput right after a start', of: 'order-sync', by: 'floor', bar: 0.85 }),
        cpuVerdict(found, 'own CPU right after a start', 1.5),
      ],
    };
  },
};
