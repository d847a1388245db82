import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cancelled, makeDemoOrders } from '../../demo/orders/make-orders.ts';
import { orderSchema } from '../../src/orders/order.ts';
import { aShop, fetchOne, neverAborted, TOKEN } from './rest/shops.ts';

const NOW = new Date('2026-11-22T08:00:00Z');

describe('the demo orders', () => {
  const orders = makeDemoOrders({ count: 60, now: NOW });

  it('are the same for the same seed, and different for another', () => {
    expect(makeDemoOrders({ count: 60, now: NOW })).toEqual(orders);
    expect(makeDemoOrders({ count: 60, now: NOW, seed: 2 })).not.toEqual(orders);
  });

  it('are valid, and no two share a number or an id', () => {
    for (const order of orders) expect(() => orderSchema.parse(order)).not.toThrow();
    expect(new Set(orders.flatMap(({ orderNumber, shopOrderId }) => [orderNumber, shopOrderId])).size).toBe(120);
  });

  it('are as varied as the demo promises', () => {
    expect(new Set(orders.map(({ currency }) => currency))).toEqual(new Set(['CNY', 'EUR', 'USD', 'JPY']));
    expect(orders.some(({ orderNumber }) => /^\d{20}$/.test(String(orderNumber)))).toBe(true);
    expect(orders.some(({ orderNumber }) => /^SO-2026-\d{4}$/.test(String(orderNumber)))).toBe(true);
    expect(orders.some(({ totals }) => Number(totals.refunded) > 0)).toBe(true);
    expect(orders.some(({ totals }) => Number(totals.discount) > 0)).toBe(true);
    expect(orders.some(({ totals, payments }) => Number(totals.grand) === 0 && payments?.length === 0)).toBe(true);
    const text = JSON.stringify(orders);
    for (const script of [/\p{Script=Han}/u, /\p{Script=Arabic}/u, /\p{Script=Thai}/u, /\p{Emoji_Presentation}/u]) {
      expect(text).toMatch(script);
    }
  });
});

describe('the demo shop', () => {
  const [order, other] = makeDemoOrders({ count: 2, now: NOW });
  if (order === undefined || other === undefined) throw new Error('expected two orders');

  it('serves an order as it is now, or as it was if it lags behind', async () => {
    const { shop, client } = await aShop({ orders: [order] });
    shop.put(cancelled(order, NOW, 'changed my mind'));
    const reference = String(order.shopOrderId);
    expect(await fetchOne(client, reference)).toMatchObject({
      order: { status: 'cancelled', cancelReason: 'changed my mind' },
    });
    shop.setFaults(({ attempt }) => (attempt === 2 ? { kind: 'old-version' } : undefined));
    expect(await fetchOne(client, reference)).toMatchObject({ order: { status: 'paid' } });
    expect(await fetchOne(client, reference)).toMatchObject({ order: { status: 'cancelled' } });
    expect(shop.get(reference)?.status).toBe('cancelled');
  });

  it('records each request and what it served', async () => {
    const { shop, client } = await aShop({ orders: [order, other] });
    shop.setFaults(({ attempt }) => (attempt === 1 ? { kind: 'delay', ms: 1 } : undefined));
    await client.fetchOrders([String(order.orderNumber)], neverAborted);
    await client.fetchOrders([String(order.orderNumber)], neverAborted);
    await client.fetchOrders(['SO-NONE'], neverAborted);
    expect(shop.requests).toMatchObject([
      { references: [order.orderNumber], attempt: 1, status: 200, fault: 'delay', served: [order] },
      { references: [order.orderNumber], attempt: 2, status: 200, fault: undefined, served: [order] },
      { references: ['SO-NONE'], attempt: 1, status: 404, fault: 'delay', served: [] },
    ]);
  });

  it('lists the orders placed since a time, oldest first', async () => {
    const { shop } = await aShop({ orders: [other, order] });
    const reply = await fetch(`${shop.url}/orders?placedSince=${order.placedAt}&page=1`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(await reply.json()).toEqual({
      orders: [order, other].map(({ orderNumber, status, updatedAt }) => ({ orderNumber, status, updatedAt })),
      nextPage: null,
    });
  });

  it.each(['/', '/orders', '/orders?updatedSince=yesterday', '/orders?updatedSince=2026-11-22T08:00:00Z&page=0'])(
    'answers 404 to %s',
    async (path) => {
      const { shop } = await aShop({ orders: [order] });
      const reply = await fetch(`${shop.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });
      expect(reply.status).toBe(404);
    },
  );

  it('runs as a program of its own, and stops on SIGTERM', async () => {
    const script = fileURLToPath(new URL('../../demo/demo-shop.ts', import.meta.url));
    const env = { ...process.env, PORT: '0', DEMO_SHOP_TOKEN: TOKEN, DEMO_SHOP_HOST: '127.0.0.1' };
    const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = await once(child.stdout, 'data');
    const [, url, path] = /at (\S+), for example (\S+)\n/.exec(String(line)) ?? [];
    const reply = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(orderSchema.safeParse(await reply.json()).success).toBe(true);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
