import { orderSync } from '../contenders/contenders.ts';
import { drain, type Scene } from '../lab/drain.ts';
import type { Orders } from '../lab/orders.ts';
import { interleave } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { describeRun, recorded, throughputVerdict } from '../report/throughput.ts';
import type { Figure } from './figure.ts';

const CONCURRENCY = 64;
/** After this many events, a recent order is published again and most likely reaches another daemon. */
const REPEAT_EVERY = 4;
const REPEAT_DISTANCE = 40;

/** Several daemons on one queue, and a shop whose orders change with each request. */
export const daemons: Figure = {
  name: 'daemons',
  title: 'two and four daemons on one queue',
  async run(lab) {
    await using shop = await ShopProcess.start({ changesOrders: true });
    const contender = orderSync({ concurrency: CONCURRENCY, prefetch: 2 * CONCURRENCY });
    const { orders, rounds } = lab.options;
    const work = { contender, shop, orders, events: withRepeats, inspect: (scene: Scene) => findSetBack(scene, shop) };
    const found = await interleave(
      lab.say,
      rounds,
      [1, 2, 4].map((instances) => ({
        name: nameOf(instances),
        run: () => drain(lab, { ...work, instances }),
        describe: describeRun,
      })),
    );
    return {
      ...recorded(found),
      verdicts: [2, 4].map((instances) =>
        throughputVerdict(found, {
          what: `throughput, ${nameOf(instances)}, none doubled or set back`,
          of: nameOf(instances),
          by: nameOf(1),
          bar: 1.3,
        }),
      ),
    };
  },
};

function nameOf(instances: number): string {
  return instances === 1 ? '1 daemon' : `${instances} daemons`;
}

function* withRepeats(orders: Orders): Generator<string> {
  const recent: string[] = [];
  let count = 0;
  for (const orderNumber of orders.numbers()) {
    yield orderNumber;
    recent.push(orderNumber);
    count += 1;
    const earlier = recent.length > REPEAT_DISTANCE ? recent.shift() : undefined;
    // The last order is a new one: when it is stored, nearly everything else is too.
    if (earlier !== undefined && count % REPEAT_EVERY === 0 && count < orders.count) yield earlier;
  }
}

/** Each order must be stored in the last version that the shop served. */
async function findSetBack({ database, orders }: Scene, shop: ShopProcess): Promise<string[]> {
  const served = await shop.versions();
  const rows = await database.sql(`
    SELECT order_number, CAST(extract(milliseconds FROM updated_at) AS integer) % 1000 AS version FROM orders
     WHERE shop = 'shop' AND order_number >= '${orders.prefix}' AND order_number < '${orders.prefix}:'`);
  const setBack = rows.filter((row) => Number(row['version']) !== served.get(String(row['order_number'])));
  return setBack.length === 0 ? [] : [`${setBack.length} orders are not at the last version that the shop served`];
}
