import { floor, orderSync, straightLine } from '../contenders/contenders.ts';
import { DUTIES, DUTY_WORDS } from '../contenders/duties.ts';
import { drain, type Run } from '../lab/drain.ts';
import { interleave, medianOf, ratioOf } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { grouped } from '../report/results.ts';
import { describeRun, ordersPerSecond, recorded } from '../report/throughput.ts';
import type { Figure } from './figure.ts';

const CONCURRENCY = 64;

/**
 * What each duty costs, added to the floor one after another, in a straight line of code. The last has them all: what order-sync
 * takes beyond it is the price of letting each delivery wait, fail and be given back by itself.
 */
export const duties: Figure = {
  name: 'duties',
  title: 'what each of order-sync’s duties adds to the floor',
  async run(lab) {
    await using shop = await ShopProcess.start();
    const { orders, rounds } = lab.options;
    const lines = DUTIES.map((duty) => straightLine(duty, CONCURRENCY));
    const product = orderSync({ concurrency: CONCURRENCY, prefetch: 2 * CONCURRENCY });
    const contenders = [floor(CONCURRENCY), ...lines, product];
    const found = await interleave(
      lab.say,
      rounds,
      contenders.map((contender) => ({
        name: contender.name,
        run: () => drain(lab, { contender, shop, orders }),
        describe: describeRun,
      })),
    );
    const cpu = (run: Run) => run.cpuMsPerOrder;
    const described = (name: string) => {
      const rate = grouped(medianOf(found, name, ordersPerSecond));
      return `${(1000 * medianOf(found, name, cpu)).toFixed(0)} µs CPU, ${rate} orders/s`;
    };
    const rows = [
      ...lines.map(({ name }, index) => ({ name, what: wordsOf(index) })),
      { name: product.name, what: 'order-sync' },
    ];
    return {
      ...recorded(found),
      verdicts: rows.map(({ name, what }) => ({
        what: `own CPU: ${what}`,
        measured: described(name),
        against: `floor ${described('floor')}`,
        value: ratioOf(found, name, 'floor', cpu),
        unit: '×' as const,
      })),
    };
  },
};

function wordsOf(index: number): string {
  const duty = DUTIES[index];
  return duty === undefined ? '' : `${index === 0 ? '' : '+ '}${DUTY_WORDS[duty]}`;
}
