import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

async function aRunningDaemon(...orderNumbers: string[]) {
  const orders: OrderDocument[] = orderNumbers.map((orderNumber) => anOrderDocument({ orderNumber }));
  const shop = await aShop({ orders });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  return { shop, workplace, daemon, bystander, dead: `${workplace.queue}.dead-letters` };
}

test("the event's own id is never taken for the order's", async () => {
  const { shop, workplace, daemon, bystander } = await aRunningDaemon('1001', '1002');
  await bystander.publish(workplace.queue, '{"id":1002,"event":"order.paid","resource":{"order_id":"1001"}}');
  await daemon.line((line) => line['outcome'] !== undefined);
  expect(daemon.outcomes()).toEqual([{ reference: '1001', outcome: 'synced', reason: undefined }]);
  expect(shop.requests.map(({ path }) => path)).toEqual(['/orders/1001']);
});

test('a message about several orders becomes an event for each, and is acked', async () => {
  const { workplace, daemon, bystander, dead } = await aRunningDaemon('1', '2', '3');
  const body = gzipSync('{"id":9,"event":"order.paid","orders":[{"id":1},{"order_no":"2"},3,{"id":1}]}');
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await bystander.publish(workplace.queue, body, { headers: { traceparent, other: 'x' }, contentEncoding: 'gzip' });
  await expect.poll(() => daemon.outcomes().length).toBe(4);
  expect(daemon.lines.find((line) => line['outcome'] === 'split')).toMatchObject({
    level: 'info',
    msg: expect.stringMatching(/^split an event that names 3 orders/),
    orders: 3,
    attempt: 1,
  });
  const synced = daemon.lines.filter((line) => line['outcome'] === 'synced');
  expect(synced.map((line) => line['orderNumber']).sort()).toEqual(['1', '2', '3']);
  expect(synced).toEqual(synced.map(() => expect.objectContaining({ event: 'paid', trace_id: 'a'.repeat(32) })));
  expect(storedOrders(workplace.database)).toHaveLength(3);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
  expect(await bystander.messages(workplace.queue)).toBe(0);
  expect(await bystander.messages(dead)).toBe(0);
});

test('when one of several orders is malformed, the others are synced and the message is a dead letter', async () => {
  const { workplace, daemon, bystander, dead } = await aRunningDaemon('1', '3');
  const body = '{"event":"order.paid","order_ids":[1,"a,b",3]}';
  await bystander.publish(workplace.queue, body);
  await expect.poll(() => daemon.outcomes().length).toBe(3);
  expect(daemon.outcomes()).toContainEqual({
    reference: undefined,
    outcome: 'dead-lettered',
    reason: 'malformed_event',
  });
  expect(storedOrders(workplace.database)).toHaveLength(2);
  const [deadLetter, ...others] = await bystander.drain(dead);
  expect(others).toEqual([]);
  expect(deadLetter?.content).toBe(body);
  expect(deadLetter?.headers['x-order-sync-error']).toMatch(
    /entry 2 of 3 in "orderids": .*every other entry got an event/,
  );
});

test('a bare order number means what its routing key says, at every attempt', async () => {
  const { workplace, daemon, bystander } = await aRunningDaemon('1001');
  const { channel } = bystander;
  await channel.bindQueue(workplace.queue, workplace.queue, 'order.cancelled');
  channel.publish(workplace.queue, 'order.cancelled', Buffer.from('1001'), { persistent: true });
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  const seen = daemon.lines.filter((line) => line['outcome'] !== undefined);
  expect(seen).toEqual(
    [1, 2, 3].map((attempt) => expect.objectContaining({ event: 'cancelled', reason: 'not_yet_cancelled', attempt })),
  );
  await orderSync(workplace, ['dead-letters', 'replay', '1001']);
  const again = await daemon.line((line) => line['outcome'] === 'retrying' && !seen.includes(line));
  expect(again).toMatchObject({ event: 'cancelled', attempt: 1 });
});
