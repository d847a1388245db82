import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import { startDaemon } from '../helpers/daemon-process.ts';
import { readRows } from '../helpers/internal-database.ts';
import { aShippingShop, type ShippingShop } from './helpers/shipping-shop.ts';
import { aDaemonWith, addOrder, aShippingWorkplace } from './helpers/shipping-workplace.ts';

/** What staff do, in plain SQL. */
function staff(database: string, sql: string): void {
  const connection = new DatabaseSync(database, { timeout: 5_000 });
  connection.exec(sql);
  connection.close();
}

function enter(
  database: string,
  orderNumber: string,
  shipmentId: string,
  trackingNumber: string,
  items?: string,
): void {
  const lines = items === undefined ? 'NULL' : `'${items}'`;
  staff(
    database,
    `INSERT INTO order_shipments (shop, order_number, shipment_id, carrier, tracking_number, items)
     VALUES ('shop', '${orderNumber}', '${shipmentId}', 'SF', '${trackingNumber}', ${lines})`,
  );
}

function states(database: string): Record<string, unknown>[] {
  return readRows(database, 'SELECT shipment_id, state, pending FROM order_shipments ORDER BY shipment_id');
}

async function aRunningDaemon(orders: readonly string[] = ['S1']) {
  const shop = await aShippingShop();
  for (const orderNumber of orders) addOrder(shop, { orderNumber });
  const workplace = aShippingWorkplace(shop);
  const bystander = await aBystander();
  const daemon = await aDaemonWith(workplace, bystander.publish, orders);
  return { shop, workplace, bystander, daemon, database: workplace.database };
}

const told = ({ reports }: ShippingShop) => reports.map(({ trackingNumber }) => trackingNumber);

test('what staff enter is reported once, a correction once more, and nothing else', async () => {
  const { shop, daemon, database, bystander, workplace } = await aRunningDaemon();
  enter(database, 'S1', 'P-1', 'SF1', '[{"sku":"CUP-01","quantity":1}]');
  await expect.poll(() => states(database)).toEqual([{ shipment_id: 'P-1', state: 'reported', pending: 0 }]);
  expect(shop.reports).toMatchObject([
    {
      orderNumber: 'S1',
      shopOrderId: 'id-S1',
      carrier: 'SF',
      trackingNumber: 'SF1',
      lines: [{ lineId: null, sku: 'CUP-01', quantity: 1 }],
    },
  ]);
  enter(database, 'S1', 'P-2', 'SF2');
  await expect.poll(() => told(shop)).toEqual(['SF1', 'SF2']);
  staff(database, "UPDATE order_shipments SET tracking_number = 'SF1b' WHERE shipment_id = 'P-1'");
  await expect.poll(() => told(shop)).toEqual(['SF1', 'SF2', 'SF1b']);
  await daemon.line((line) => line.msg === 'shipments: reported P-1 of S1');
  // The same event again, as after a crash.
  await bystander.publish(`${workplace.queue}.shipments`, '{"orderNumber":"S1","shipmentId":"P-1"}');
  await daemon.line((line) => line.msg === 'shipments: the shop has P-1 of S1');
  expect(told(shop)).toEqual(['SF1', 'SF2', 'SF1b']);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
}, 30_000);

test('an order cancelled meanwhile is not reported: a dead letter, and a conflict of the order', async () => {
  const { shop, daemon, database, bystander, workplace } = await aRunningDaemon();
  addOrder(shop, { orderNumber: 'S1', status: 'cancelled', updatedAt: '2026-11-22T09:00:00Z' });
  await bystander.publish(workplace.queue, '{"orderNumber":"S1","event":"cancelled"}');
  await daemon.line((line) => line['status'] === 'cancelled');
  enter(database, 'S1', 'P-1', 'SF1');
  await expect.poll(() => states(database)).toEqual([{ shipment_id: 'P-1', state: 'conflict', pending: 0 }]);
  expect(readRows(database, 'SELECT conflicts FROM orders')).toEqual([{ conflicts: 'cancelled' }]);
  await expect.poll(() => bystander.messages(`${workplace.queue}.shipments.dead-letters`)).toBe(1);
  expect(shop.reports).toEqual([]);
}, 30_000);

test('what the shop refuses needs a person, and is reported by itself once it is corrected', async () => {
  const { shop, database, bystander, workplace } = await aRunningDaemon();
  shop.answer = ({ trackingNumber }) => (trackingNumber === 'WRONG' ? 422 : 200);
  enter(database, 'S1', 'P-1', 'WRONG');
  await expect.poll(() => states(database)).toEqual([{ shipment_id: 'P-1', state: 'failed', pending: 0 }]);
  const [row] = readRows(database, 'SELECT error FROM order_shipments');
  expect(row?.['error']).toBe('shipment_refused: The shop knows no such carrier.');
  // Its row is written first.
  const deadLetters = `${workplace.queue}.shipments.dead-letters`;
  await expect.poll(() => bystander.messages(deadLetters)).toBe(1);
  const [letter] = await bystander.drain(deadLetters);
  expect(letter?.headers).toMatchObject({ 'x-order-sync-reason': 'shipment_refused' });
  enter(database, 'S1', 'P-2', 'SF2', '[{"sku":"NONE","quantity":1}]');
  await expect.poll(() => states(database)[1]).toMatchObject({ shipment_id: 'P-2', state: 'failed' });
  staff(database, "UPDATE order_shipments SET tracking_number = 'SF1' WHERE shipment_id = 'P-1'");
  await expect.poll(() => told(shop)).toEqual(['SF1']);
}, 30_000);

test('a failure is tried again; while the shop is down, shipments wait and count no attempt', async () => {
  const { shop, daemon, database } = await aRunningDaemon();
  let failures = 0;
  shop.answer = () => (failures++ < 1 ? 500 : 200);
  enter(database, 'S1', 'P-1', 'SF1');
  await expect.poll(() => told(shop)).toEqual(['SF1']);
  expect(daemon.outcomes()).toContainEqual({ reference: 'S1', outcome: 'retrying', reason: 'shop_error' });
  shop.isUp = false;
  enter(database, 'S1', 'P-2', 'SF2');
  await daemon.line((line) => line.msg === "shipments: paused: the shop can't be reached");
  shop.isUp = true;
  await daemon.line((line) => line.msg === 'shipments: resumed: the shop is back');
  await expect.poll(() => told(shop)).toEqual(['SF1', 'SF2']);
  expect(daemon.outcomes().filter(({ outcome }) => outcome === 'dead-lettered')).toEqual([]);
}, 30_000);

test('a token that may not write pauses the shipments, and not the orders', async () => {
  const { shop, daemon, database, bystander, workplace } = await aRunningDaemon();
  shop.answer = () => 403;
  enter(database, 'S1', 'P-1', 'SF1');
  await daemon.line((line) => line.msg === 'shipments: paused: the shop refuses our credentials');
  addOrder(shop, { orderNumber: 'S2' });
  await bystander.publish(workplace.queue, '{"orderNumber":"S2","event":"paid"}');
  await daemon.line((line) => line['orderNumber'] === 'S2' && line['outcome'] === 'synced');
  shop.answer = () => 200;
  await expect.poll(() => told(shop), { timeout: 10_000 }).toEqual(['SF1']);
}, 30_000);

test('a daemon killed between report and note, or with many under way, reports each once and loses none', async () => {
  const orders = Array.from({ length: 10 }, (_, index) => `K${index}`);
  const { shop, workplace, daemon, database } = await aRunningDaemon(orders);
  const reached = Promise.withResolvers<void>();
  shop.answer = async () => {
    // Taken by the shop; its answer finds nobody.
    if (shop.reports.length >= 3) {
      reached.resolve();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return 200;
  };
  for (const order of orders) for (const parcel of ['A', 'B']) enter(database, order, parcel, `${order}${parcel}`);
  await reached.promise;
  daemon.signal('SIGKILL');
  await daemon.exited;
  shop.answer = () => 200;
  // The leases of the dead daemon would outlast the test.
  staff(database, 'UPDATE order_shipments SET lease_until = NULL');
  staff(database, 'UPDATE order_sync_reconciliation SET lease_until = NULL');
  const second = startDaemon(workplace);
  const third = startDaemon(workplace);
  await Promise.all([second.ready(), third.ready()]);
  await expect
    .poll(() => readRows(database, "SELECT count(*) AS n FROM order_shipments WHERE state = 'reported'"), {
      timeout: 30_000,
    })
    .toEqual([{ n: 20 }]);
  expect(told(shop).toSorted()).toEqual(orders.flatMap((order) => [`${order}A`, `${order}B`]));
  expect(shop.mostAtOnce()).toBe(1);
}, 60_000);
