/**
 * A process that opens an internal system like a daemon, and writes orders at the same time as others:
 *
 *     node daemon-stand-in.ts <url> <shop> <order count> <versions> <seed>
 *
 * Writes each version of each order once, in batches shuffled by the seed. Exits with 0 if nothing failed.
 */
import { aSnapshot } from '../../helpers/order-builder.ts';
import { sqlSystem } from './sql-system.ts';

const [url = '', shop = '', orders = '0', versions = '0', seed = '1'] = process.argv.slice(2);
const BATCH = 25;

const system = await sqlSystem(url, shop);
await system.open();
const snapshots = shuffled(
  Array.from({ length: Number(orders) * Number(versions) }, (_, index) => {
    const version = Math.floor(index / Number(orders));
    const orderNumber = `R${index % Number(orders)}`;
    return aSnapshot({ order: { orderNumber, updatedAt: new Date(Date.UTC(2026, 0, 1) + version).toISOString() } });
  }),
);
for (let start = 0; start < snapshots.length; start += BATCH) {
  await system.writeOrders(snapshots.slice(start, start + BATCH));
}
await system.close();

function shuffled<T>(items: readonly T[]): T[] {
  let state = Number(seed);
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
