import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { aBystander, type Bystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { readRows } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { startRabbitMQ } from '../helpers/servers/rabbitmq.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

/** An exchange that nobody has declared, and a queue for it. */
async function aListener(bystander: Bystander): Promise<{ exchange: string; queue: string; bind(): Promise<void> }> {
  const exchange = `test.synced.${randomBytes(4).toString('hex')}`;
  const queue = `${exchange}.listener`;
  onTestFinished(async () => {
    await bystander.channel.deleteQueue(queue);
    await bystander.channel.deleteExchange(exchange);
  });
  await bystander.channel.assertQueue(queue, { durable: true });
  return { exchange, queue, bind: async () => void (await bystander.channel.bindQueue(queue, exchange, '#')) };
}

async function messagesIn(bystander: Bystander, queue: string): Promise<Record<string, unknown>[]> {
  return (await bystander.drain(queue)).map(({ content }) => JSON.parse(content) as Record<string, unknown>);
}

function waiting({ database }: Workplace): unknown {
  return readRows(database, 'SELECT count(*) AS n FROM order_sync_outbox')[0]?.['n'];
}

/** As the write of an order leaves it. */
function leave({ database }: Workplace, entries: readonly (readonly [order: string, revision: number])[]): void {
  const connection = new DatabaseSync(database, { timeout: 5_000 });
  const insert = connection.prepare(
    "INSERT INTO order_sync_outbox (shop, order_number, shop_order_id, revision) VALUES ('shop', ?, ?, ?)",
  );
  for (const [order, revision] of entries) insert.run(order, `id-${order}`, revision);
  connection.close();
}

test('each new revision of an order is published, and what changes nothing is not', async () => {
  const bystander = await aBystander();
  const { exchange, queue, bind } = await aListener(bystander);
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: 'A' })] });
  const workplace = aWorkplace({ ...shopEnv(shop), SYNCED_EXCHANGE: exchange });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await bind();
  const look = (event: string) => bystander.publish(workplace.queue, JSON.stringify({ orderNumber: 'A', event }));
  await look('paid');
  await daemon.line((line) => line['outcome'] === 'synced');
  await look('updated');
  await daemon.line((line) => line['outcome'] === 'unchanged');
  shop.put(anOrderDocument({ orderNumber: 'A', status: 'cancelled', updatedAt: '2026-11-22T09:00:00Z' }));
  await look('cancelled');
  await expect.poll(() => bystander.messages(queue)).toBe(2);
  expect(await messagesIn(bystander, queue)).toEqual(
    [1, 2].map((revision) => ({ shop: 'shop', orderNumber: 'A', shopOrderId: 'id-A', revision })),
  );
  await expect.poll(() => waiting(workplace)).toBe(0);
}, 30_000);

test('what waits is published once a queue is bound, in the order of the revisions, and then gone', async () => {
  const bystander = await aBystander();
  const { exchange, queue, bind } = await aListener(bystander);
  const workplace = aWorkplace({ ...shopEnv(await aShop()), SYNCED_EXCHANGE: exchange });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  leave(workplace, [
    ['A', 1],
    ['B', 1],
    ['A', 2],
    ['A', 3],
  ]);
  await daemon.line((line) => line.msg.startsWith(`outbox: no queue takes messages from the exchange ${exchange}`));
  expect(waiting(workplace)).toBe(4);
  await bind();
  await expect.poll(() => waiting(workplace)).toBe(0);
  const messages = await bystander.drain(queue);
  expect(messages.map(({ content }) => JSON.parse(content)).filter(({ orderNumber }) => orderNumber === 'A')).toEqual(
    [1, 2, 3].map((revision) => ({ shop: 'shop', orderNumber: 'A', shopOrderId: 'id-A', revision })),
  );
  expect(messages[0]?.properties).toMatchObject({
    type: 'order.synced',
    deliveryMode: 2,
    messageId: expect.stringMatching(/^shop\/id-[AB]\/1$/),
  });
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
}, 30_000);

test('two daemons, one of them killed: every revision arrives, each order in its order', async () => {
  const bystander = await aBystander();
  const { exchange, queue, bind } = await aListener(bystander);
  const workplace = aWorkplace({ ...shopEnv(await aShop()), SYNCED_EXCHANGE: exchange });
  const first = startDaemon(workplace);
  await first.ready();
  await bind();
  const orders = Array.from({ length: 40 }, (_, index) => `K${index}`);
  const entries = Array.from({ length: 25 }, (_, index) => orders.map((order) => [order, index + 1] as const)).flat();
  leave(workplace, entries);
  await expect.poll(async () => (await bystander.messages(queue)) ?? 0).toBeGreaterThan(100);
  first.signal('SIGKILL');
  await first.exited;
  // The dead daemon's turn would outlast the test.
  const connection = new DatabaseSync(workplace.database, { timeout: 5_000 });
  connection.exec("UPDATE order_sync_reconciliation SET lease_until = NULL WHERE walk = 'outbox'");
  connection.close();
  const others = [startDaemon(workplace), startDaemon(workplace)];
  await Promise.all(others.map((daemon) => daemon.ready()));
  await expect.poll(() => waiting(workplace), { timeout: 20_000 }).toBe(0);
  const seen = new Map<unknown, number>();
  for (const { orderNumber, revision } of await messagesIn(bystander, queue)) {
    // What was published and not removed comes again; nothing is skipped.
    expect(Number(revision)).toBeLessThanOrEqual((seen.get(orderNumber) ?? 0) + 1);
    seen.set(orderNumber, Math.max(seen.get(orderNumber) ?? 0, Number(revision)));
  }
  expect([...seen.values()]).toEqual(orders.map(() => 25));
}, 60_000);

test('while the broker is away, what was synced waits', async () => {
  await using broker = await startRabbitMQ();
  const workplace = aWorkplace({
    ...shopEnv(await aShop({ orders: [anOrderDocument({ orderNumber: 'A' })] })),
    RABBITMQ_URL: broker.url,
    SYNCED_EXCHANGE: 'test.synced',
  });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const before = await aBystander(broker.url);
  await before.channel.assertQueue('listener', { durable: true });
  await before.channel.bindQueue('listener', 'test.synced', '#');
  await broker.kill();
  leave(workplace, [['A', 1]]);
  await broker.start();
  await expect.poll(() => waiting(workplace), { timeout: 20_000 }).toBe(0);
  const bystander = await aBystander(broker.url);
  expect(await messagesIn(bystander, 'listener')).toMatchObject([{ orderNumber: 'A', revision: 1 }]);
}, 60_000);
