import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { scanByItself } from '../../src/commands/webhooks/scan-by-itself.ts';
import { aBystander, aRabbit } from '../helpers/broker.ts';
import { aWorkplace } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { sqlSystem } from '../internal-system/helpers/sql-system.ts';

const BARE_SHOP = new URL('../reconcile/helpers/bare-shop.ts', import.meta.url).pathname;
const silent = pino({ level: 'silent' });
const { signal } = new AbortController();

async function aSetup(env: Readonly<Record<string, string>> = {}) {
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const orders = [anOrderDocument({ orderNumber: 'MISSING', placedAt: anHourAgo, updatedAt: anHourAgo })];
  const shop = await aShop({ orders });
  const workplace = aWorkplace({ ...shopEnv(shop), ...env });
  const system = await sqlSystem(workplace.env['INTERNAL_SYSTEM_URL'] ?? '', 'shop');
  onTestFinished(() => system.close());
  await system.open();
  const { queue } = workplace;
  const rabbit = aRabbit({ queue, exchange: queue, routingKey: queue });
  await rabbit.open();
  return { env: workplace.env, rabbit };
}

test('the process finds the order that a webhook did not name', async () => {
  const { env, rabbit } = await aSetup();
  expect(await scanByItself(env, rabbit, silent, signal)).toBe('done');
  const bystander = await aBystander();
  expect(await bystander.drain(rabbit.queue)).toMatchObject([
    { content: '{"orderNumber":"MISSING","event":"updated"}' },
  ]);
});

test('a shop that is away is asked again later', async () => {
  const { env, rabbit } = await aSetup({ SHOP_BASE_URL: 'http://127.0.0.1:1' });
  expect(await scanByItself(env, rabbit, silent, signal)).toBe('later');
});

test('a shop that cannot list its changes, and a machine without settings for one, are told of', async () => {
  const { env, rabbit } = await aSetup({ SHOP_ADAPTER: BARE_SHOP });
  expect(await scanByItself(env, rabbit, silent, signal)).toEqual({
    impossible: expect.stringContaining('has no listUpdatedSince()'),
  });
  const { SHOP_ADAPTER: _, SHOP_BASE_URL: __, ...without } = env;
  expect(await scanByItself(without, rabbit, silent, signal)).toEqual({
    impossible: expect.stringContaining('SHOP_BASE_URL: not set'),
  });
});
