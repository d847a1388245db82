import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aWorkplace } from '../../helpers/daemon-process.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { orderSync } from '../helpers/cli.ts';

const MINUTE_MS = 60_000;

function orders(overrides: object = {}) {
  const newest = Date.now() - 2 * MINUTE_MS;
  return Array.from({ length: 30 }, (_, index) => {
    const at = (ms: number) => new Date(newest - (30 - index) * MINUTE_MS + ms).toISOString();
    const times = { placedAt: at(0), paidAt: at(4_000), updatedAt: at(5_000) };
    return anOrderDocument({ orderNumber: `SO-${100 + index}`, ...times, ...overrides });
  });
}

test('test-adapter reads the newest orders of the configured shop, and says that nothing is wrong', async () => {
  const shop = await aShop({ orders: orders(), pageSize: 12 });
  const { status, stdout, stderr } = await orderSync(aWorkplace(shopEnv(shop)), ['test-adapter']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^✓ fetching +30 orders fetched/m);
  expect(stdout).toMatch(/^✓ page borders/m);
  expect(stdout).toMatch(/^✓ credentials +check\(\) passes, and fails with a token that is wrong$/m);
  // All of them are paid.
  expect(stdout).toMatch(/^! +All 30 orders are paid\. Is that so\?\n +→ Look one up/m);
  expect(stdout).toMatch(
    /\n\nTested with 30 orders in about \d+ requests: nothing is wrong, 1 thing to look at \(!\)\.\n$/,
  );
});

test('what is wrong is named with an example, without personal data, and the status is 1', async () => {
  const shop = await aShop({ orders: orders({ placedAt: new Date(Date.now() + 8 * 60 * MINUTE_MS).toISOString() }) });
  const workplace = aWorkplace(shopEnv(shop));
  const { status, stdout } = await orderSync(workplace, ['test-adapter', '--json']);
  expect(status).toBe(1);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ ok: false, orders: 30 });
  expect(report.checks).toContainEqual({
    name: 'times',
    findings: [
      {
        verdict: 'wrong',
        message: 'placedAt: in the future, by up to 8 h, in 30 orders.',
        examples: ['order SO-100: placedAt', 'order SO-101: placedAt', 'order SO-102: placedAt'],
        remedy: expect.stringContaining('zone'),
      },
      expect.objectContaining({ message: '30 orders paid before they were placed.' }),
      expect.objectContaining({ message: '30 orders changed before they were placed.' }),
    ],
  });
  expect(stdout).not.toMatch(/王小明|文三路|138 0000/);
});

test('orders can be named for a shop without lists, and a shop without any order says so', async () => {
  const shop = await aShop({
    orders: orders({})
      .slice(0, 2)
      .map((order) => ({ ...order, ...OLD })),
  });
  const workplace = aWorkplace(shopEnv(shop));
  const named = await orderSync(workplace, ['test-adapter', 'SO-100', 'SO-101']);
  expect(named.status).toBe(0);
  expect(named.stdout).toMatch(/^✓ fetching +2 orders fetched/m);
  expect(named.stdout).toMatch(/^– page borders +the shop lists no changed orders/m);
  const none = await orderSync(workplace, ['test-adapter']);
  expect(none).toMatchObject({ status: 1, stdout: '' });
  expect(none.stderr).toContain('Name some: order-sync test-adapter 10086 10087');
});

const OLD = { placedAt: '2020-01-01T00:00:00Z', paidAt: '2020-01-01T00:00:00Z', updatedAt: '2020-01-01T00:00:00Z' };

test('a list that breaks off is reported like anything else that is wrong', async () => {
  const workplace = aWorkplace({ SHOP_ADAPTER: './my-shop.mjs' });
  const order = orders()[0];
  writeFileSync(
    join(workplace.folder, 'my-shop.mjs'),
    `const order = ${JSON.stringify({ ...order, payments: [] })};
    export default () => ({
      fetchOrders: async (names) => new Map(names.map((name) =>
        [name, name === order.orderNumber ? { kind: 'order', order } : { kind: 'not-found' }])),
      async *listUpdatedSince() { throw new TypeError('page.orders is not iterable'); },
    });`,
  );
  const none = await orderSync(workplace, ['test-adapter']);
  expect(none).toMatchObject({ status: 1, stdout: '' });
  expect(none.stderr).toMatch(/listUpdatedSince failed \(TypeError: page\.orders is not iterable, at .*my-shop\.mjs/);
  const { status, stdout } = await orderSync(workplace, ['test-adapter', 'SO-100']);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^✗ changed orders +It ended with shop_error: TypeError: page\.orders is not iterable/m);
  // It ignores its signal, too.
  expect(stdout).toMatch(/^✗ cancelling/m);
  expect(stdout).toMatch(/^! credentials +There is no check\(\)/m);
});

test('a shop that is down is 69, one that refuses the token 78', async () => {
  const shop = await aShop({ orders: orders() });
  const refused = aWorkplace({ ...shopEnv(shop), SHOP_TOKEN: 'another' });
  expect(await orderSync(refused, ['test-adapter'])).toMatchObject({ status: 78, stdout: '' });
  const down = aWorkplace({ SHOP_BASE_URL: 'http://127.0.0.1:9', SHOP_TOKEN: 'token' });
  expect(await orderSync(down, ['test-adapter'])).toMatchObject({ status: 69, stdout: '' });
});
