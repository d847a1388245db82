import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { statusFault } from '../../../demo/shop/faults.ts';
import { aWorkplace, type Workplace } from '../../helpers/daemon-process.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { orderSync } from '../helpers/cli.ts';

const order = anOrderDocument({ orderNumber: '10086' });
const PERSONAL = /王小明|xiaoming|8000 0000/;

interface Check {
  readonly name: string;
  readonly state: string;
  readonly message: string;
}

async function check(workplace: Workplace, ...references: string[]) {
  const { status, stdout, stderr } = await orderSync(workplace, ['check', '--json', ...references]);
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  const of = (name: string) => checks.filter((one) => one.name === name);
  return { status, stderr, stdout, orders: of('order'), shop: of('shop')[0] };
}

describe('check <order number>', () => {
  test('fetches the order and says what it is, and nothing of its buyer', async () => {
    const workplace = aWorkplace(shopEnv(await aShop({ orders: [order] })));
    const { status, orders, stdout } = await check(workplace, '10086', 'id-10086');
    expect(status).toBe(0);
    expect(orders.map(({ state }) => state)).toEqual(['ok', 'ok']);
    expect(orders[0]?.message.split('\n')).toEqual([
      '10086: fits. It is paid, 2 lines, 129.40 CNY, changed 2026-11-22T08:00:05.120Z',
      expect.stringMatching(/^items .* = .*129\.40$/),
    ]);
    expect(orders[1]?.message).toContain('id-10086 is order 10086 (shop id id-10086): fits.');
    expect(stdout).not.toMatch(PERSONAL);
  });

  test('that the shop does not have: the address that was asked is shown', async () => {
    const shop = await aShop({ orders: [order] });
    const { status, orders } = await check(aWorkplace(shopEnv(shop)), '99');
    expect(status).toBe(1);
    expect(orders[0]?.message).toBe(`The shop has no order 99.\nIt was asked for at ${shop.url}/orders/99`);
  });

  test('finds a wrong path prefix, which no check without an order can be sure of', async () => {
    const shop = await aShop({ orders: [order] });
    const workplace = aWorkplace({
      ...shopEnv(shop),
      SHOP_BASE_URL: `${shop.url}/api/v2`,
      RECONCILE_EVERY_MS: '900000',
    });
    const without = await check(workplace);
    expect(without.status).toBe(0);
    expect(without.shop?.message).toMatch(/ answers\n/);
    expect(without.shop?.message).toMatch(/! no order is known .* order-sync check <order number>/);
    expect(without.shop?.message).toMatch(
      /! its list of changed orders can't be read.*HTTP 404.*path of SHOP_BASE_URL/,
    );
    const { status, orders } = await check(workplace, '10086');
    expect(status).toBe(1);
    expect(orders[0]?.message).toContain(`It was asked for at ${shop.url}/api/v2/orders/10086`);
  });

  test('finds a token that may not read this order', async () => {
    const shop = await aShop({
      orders: [{ ...order, updatedAt: '2020-01-01T00:00:00Z' }],
      faults: ({ references }) => (references.includes('10086') ? statusFault(403) : undefined),
    });
    const { status, orders, shop: asAWhole } = await check(aWorkplace(shopEnv(shop)), '10086');
    expect(status).toBe(78);
    expect(asAWhole?.state).toBe('ok');
    expect(orders[0]?.message).toMatch(/refused the credentials \(HTTP 403\)\. Check SHOP_TOKEN/);
  });

  test('names every problem of an order that does not fit, with how to mend it, and nothing of its buyer', async () => {
    const { currency: _, ...rest } = anOrderDocument({ orderNumber: '10086' });
    const body = JSON.stringify({
      ...rest,
      ...{ placedAt: 'yesterday', updatedAt: 'x', status: 'unheard of', cancelledAt: 'x', paidAt: 'x' },
      lines: [{ ...rest.lines[0], quantity: 'many' }],
    });
    const shop = await aShop({
      faults: () => ({ kind: 'reply', status: 200, headers: { 'content-type': 'application/json' }, body }),
    });
    const { status, orders, stdout } = await check(aWorkplace(shopEnv(shop)), '10086');
    expect(status).toBe(1);
    for (const field of ['currency', 'placedAt', 'updatedAt', 'status', 'cancelledAt', 'paidAt', 'lines[0].quantity'])
      expect(orders[0]?.message).toContain(`${field}: `);
    expect(stdout).not.toMatch(PERSONAL);
  });

  test('works with an adapter, whose order may be another one', async () => {
    const workplace = aWorkplace({ SHOP_ADAPTER: './shop.mjs' });
    const write = (found: string) =>
      writeFileSync(
        join(workplace.folder, 'shop.mjs'),
        `const order = ${JSON.stringify(order)};
         export default () => ({ fetchOrders: async ([name]) => new Map([[name, ${found}]]) });`,
      );
    write("{ kind: 'not-found' }");
    expect(await check(workplace, '10086')).toMatchObject({
      status: 1,
      orders: [{ message: 'The shop has no order 10086.' }],
    });
    write("{ kind: 'order', order }");
    expect(await check(workplace, '10086')).toMatchObject({ status: 0, orders: [{ state: 'ok' }] });
    expect((await check(workplace, '77')).orders[0]?.message).toContain('Asked the shop for order 77, got order 10086');
  });
});
