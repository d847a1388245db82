import { expect, test } from 'vitest';
import { aModule } from '../../adapters/helpers/a-module.ts';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace, type Workplace } from '../../helpers/daemon-process.ts';
import { storedOrders } from '../../helpers/internal-database.ts';
import { anOrder, aSnapshot } from '../../helpers/order-builder.ts';
import { sqlSystem } from '../../internal-system/helpers/sql-system.ts';
import { orderSync } from '../helpers/cli.ts';

/** The number of one is the id of another. */
const MEANT = { orderNumber: '1001', shopOrderId: '57' };
const OTHER = { orderNumber: '1003', shopOrderId: '1001' };
const NEW = { orderNumber: 'WEB-2026-00042', shopOrderId: '2001' };
const inShop = [MEANT, OTHER, NEW].map((names) => anOrder({ ...names, updatedAt: '2026-11-23T08:00:00Z' }));

/** Like WooCommerce, it can be asked by ids alone. */
const SHOP = `
  const orders = ${JSON.stringify(inShop)};
  export default () => ({
    fetchesBy: 'shopOrderId',
    fetchOrders: async (ids) => new Map(ids.map((id) => {
      const order = orders.find(({ shopOrderId }) => shopOrderId === id);
      return [id, order === undefined ? { kind: 'not-found' } : { kind: 'order', order }];
    })),
  });`;

async function aWorkplaceWithOrders(): Promise<Workplace> {
  const place = aWorkplace({ SHOP_ADAPTER: await aModule(SHOP), SHOP_NAME: 'demo' });
  const system = await sqlSystem(place.env['INTERNAL_SYSTEM_URL'] ?? '');
  await system.open();
  await system.writeOrders([MEANT, OTHER].map((order) => aSnapshot({ order: { ...order, status: 'pending' } })));
  await system.close();
  return place;
}

const ASKED_BY_ID = '1001 is taken for the order 1001, which the shop is asked for by its id, 57.\n';
const THE_OTHER = 'To mean order 1003 (shop id 1001), give its number.\n';

test.each(['resync', 'send'])(
  '%s publishes the id of the order with that number, never that of the order with that id, and says so',
  async (command) => {
    const { queue, ...place } = await aWorkplaceWithOrders();
    const { status, stderr } = await orderSync(place, [command, '1001', '1003', 'WEB-2026-00042']);
    expect(status).toBe(0);
    expect(stderr).toContain(ASKED_BY_ID + THE_OTHER);
    expect(stderr).toContain('1003 is taken for the order 1003, which the shop is asked for by its id, 1001.\n');
    expect(stderr).toContain("WEB-2026-00042 is not known here, and is taken for the shop's own id");
    const events = (await (await aBystander()).drain(queue)).map(({ content }) => content);
    expect(events.toSorted()).toEqual(
      ['1001', '57', 'WEB-2026-00042'].map((id) => `{"orderNumber":"${id}","event":"updated"}`),
    );
  },
);

test('resync --dry-run and --force fetch and write the order with that number', async () => {
  const place = await aWorkplaceWithOrders();
  const dry = await orderSync(place, ['resync', '--dry-run', '1001']);
  expect(dry).toMatchObject({ status: 0, stderr: ASKED_BY_ID + THE_OTHER });
  expect(dry.stdout).toMatch(/^1001 would be updated\n/);
  const forced = await orderSync(place, ['resync', '--force', '--yes', '1001']);
  expect(forced).toMatchObject({ status: 0, stdout: '1001 was updated\n' });
  expect(storedOrders(place.database)).toMatchObject([
    { order_number: '1001', status: 'paid' },
    { order_number: '1003', status: 'pending' },
  ]);
});

test('an id is taken for what it is', async () => {
  const place = await aWorkplaceWithOrders();
  const { stdout, stderr } = await orderSync(place, ['resync', '--dry-run', '57', '2001']);
  expect(stderr).toContain("57 is taken for the shop's id of order 1001.\n");
  expect(stdout).toMatch(/^1001 would be updated\n/);
  expect(stdout).toContain('WEB-2026-00042 would be added');
});
