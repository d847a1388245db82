import { expect, test } from 'vitest';
import { aModule } from '../adapters/helpers/a-module.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { readRows } from '../helpers/internal-database.ts';
import { anOrder } from '../helpers/order-builder.ts';

/** The number of one is the id of the other. */
const orders = [
  anOrder({ orderNumber: '1001', shopOrderId: '57' }),
  anOrder({ orderNumber: '1003', shopOrderId: '1001' }),
];

test('a shop that can be asked by id alone is asked by the id in an event, never by the number beside it', async () => {
  const adapter = await aModule(`
    const orders = ${JSON.stringify(orders)};
    export default () => ({
      fetchesBy: 'shopOrderId',
      fetchOrders: async (ids) => new Map(ids.map((id) => {
        const order = orders.find(({ shopOrderId }) => shopOrderId === id);
        return [id, order === undefined ? { kind: 'not-found' } : { kind: 'order', order }];
      })),
    });`);
  const workplace = aWorkplace({ SHOP_ADAPTER: adapter });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '{"event":"order.paid","data":{"order_number":"1001","order_id":57}}');
  const line = await daemon.line((entry) => entry['outcome'] !== undefined);
  expect(line).toMatchObject({ outcome: 'synced', orderNumber: '1001', reference: '57', event: 'paid' });
  const several =
    '{"event":"order.paid","orders":[{"order_number":"1001","order_id":57},{"order_number":"1003","order_id":1001}]}';
  await bystander.publish(workplace.queue, several);
  await daemon.line((entry) => entry['outcome'] === 'synced' && entry['orderNumber'] === '1003');
  expect(readRows(workplace.database, 'SELECT order_number, shop_order_id FROM orders ORDER BY 1')).toEqual([
    { order_number: '1001', shop_order_id: '57' },
    { order_number: '1003', shop_order_id: '1001' },
  ]);
});
