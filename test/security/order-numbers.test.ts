import { expect, test } from 'vitest';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { readRows } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

/** Order numbers become part of a URL, so anything that could lead elsewhere than to one order is refused before. */

const HOSTILE = [
  '..',
  '../admin',
  '../../etc/passwd',
  'INV/../../admin',
  'INV/..',
  'INV/ .. /admin',
  'INV/./1',
  '..%2fadmin',
  '%2e%2e%2fadmin',
  '%2e%2e',
  '..\\admin',
  '.',
  '10086/../../admin',
  '10086%2frefund',
  '．．/admin',
  '‥/admin',
  '10086％2fadmin',
  '10086?admin=1',
  '10086？admin=1',
  '10086&numbers=10087',
  '10086;jsessionid=1',
  '10086,10087',
  '10086，10087',
  '10086\r\nX-Injected: yes',
  '10086\r\n\r\nGET /admin HTTP/1.1\r\nHost: shop',
  '10086%0d%0aX-Injected:%20yes',
  '10086\u0000',
  '10086\t10087',
  '10086\u00a010087',
  '10086\u202e',
  '10086\u200b',
  '\u2066INV\u2069-1',
  '1\u00ad0086',
  '10086\ufeff1',
  '10086\u3164',
  '10086\ud800',
  '10086\u20287',
  '{reference}',
  "1' OR '1'='1",
  '<img src=x>',
  '#',
  '---',
  '/',
  '1'.repeat(65),
  '订'.repeat(65),
  'A'.repeat(10_240),
];

/** As shops number their orders. */
const REAL = [
  '#1001',
  'INV/2026/12',
  'SO 1001',
  '订单1001',
  'gid://shopify/Order/1',
  'T3JkZXI6MQ==',
  'RE/2026#17',
  '№ 1001',
  '１００８６',
  '-1001',
  '1001+',
  '(1001)',
  '110012345678-27!0',
  'ORD–1001',
  'user:me@shop',
  '//1001',
  '1001.',
  'Ä1001',
  '订'.repeat(60),
];

test('order numbers that try to escape the URL become dead letters, and the shop is never asked', async () => {
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
  const workplace = aWorkplace({ ...shopEnv(shop), SHOP_BATCH_SIZE: '50' });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  const events = HOSTILE.flatMap((number) => [
    JSON.stringify({ orderNumber: number, event: 'paid' }),
    JSON.stringify({ order: { id: number } }),
    JSON.stringify(number),
    // Bytes that are no text are refused as such, and a form is read as one.
    ...(number.isWellFormed() && !/=./.test(number) ? [number] : []),
  ]);
  for (const event of events) await bystander.publish(workplace.queue, event);
  await expect.poll(() => daemon.outcomes().length).toBe(events.length);
  const outcomes = new Set(daemon.outcomes().map(({ outcome, reason }) => `${String(outcome)} ${String(reason)}`));
  expect([...outcomes]).toEqual(['dead-lettered malformed_event']);
  expect(shop.requests).toEqual([]);
  expect(readRows(workplace.database, 'SELECT reference FROM order_ledger')).toEqual([]);
  const deadLetters = await bystander.drain(`${workplace.queue}.dead-letters`);
  expect(deadLetters.map(({ content }) => content).sort()).toEqual([...events].sort());
  // A good number still gets through, so it really was the numbers that were refused.
  await bystander.publish(workplace.queue, '10086');
  await daemon.line((line) => line['outcome'] === 'synced');
  expect(shop.requests.map(({ path }) => path)).toEqual(['/orders/10086']);
});

test.each([1, 50])('order numbers of real shops arrive as they are, %i to a request', async (batchSize) => {
  const orders = REAL.map((orderNumber) => anOrderDocument({ orderNumber }));
  const shop = await aShop({ orders });
  const workplace = aWorkplace({ ...shopEnv(shop), SHOP_BATCH_SIZE: String(batchSize) });
  const bystander = await aBystander();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  for (const orderNumber of REAL)
    await bystander.publish(workplace.queue, JSON.stringify({ orderNumber, event: 'paid' }));
  await expect.poll(() => daemon.outcomes().length).toBe(REAL.length);
  expect(new Set(daemon.outcomes().map(({ outcome }) => outcome))).toEqual(new Set(['synced']));
  const stored = readRows(workplace.database, 'SELECT order_number, shop_order_id FROM orders');
  expect(stored.map((row) => row['order_number']).sort()).toEqual([...REAL].sort());
  // Nothing left the folder of the orders, whatever a server makes of an encoded slash.
  for (const { path } of shop.requests) expect(path).toMatch(/^\/orders(?:\?numbers=[^/?#&]+|\/[^/?#&]+)$/);
  // As bare text and by the shop's id as well.
  const others = ['#1001', ' SO 1001 ', 'gid://shopify/Order/1', 'id-INV/2026/12'];
  for (const event of others) await bystander.publish(workplace.queue, event);
  await expect.poll(() => daemon.outcomes().length).toBe(REAL.length + others.length);
  expect(
    new Set(
      daemon
        .outcomes()
        .slice(REAL.length)
        .map(({ outcome }) => outcome),
    ),
  ).toEqual(new Set(['unchanged']));
});

test('an order whose number differs only in a "#" is another order', async () => {
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '1001' })] });
  // A shop that finds orders by a loose search.
  const workplace = aWorkplace({
    ...shopEnv(shop),
    SHOP_ORDER_PATH: '/orders/1001?q={reference}',
    RETRY_DELAYS_MS: '200',
  });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await (await aBystander()).publish(workplace.queue, '#1001');
  await daemon.line((line) => line['outcome'] === 'dead-lettered' && line['reason'] === 'wrong_order');
  expect(readRows(workplace.database, 'SELECT * FROM orders')).toEqual([]);
});

const SOME = ['#1001', 'SO 1001', 'INV/2026/12', '-7'];

test('order-sync send takes them, as arguments and from stdin', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  const [sent, piped] = await Promise.all([
    orderSync(workplace, ['send', '--', '#1001', ' SO 1001 ', 'INV/2026/12', '-7']),
    orderSync(workplace, ['send'], { stdin: '#1001\n-7\n../admin\n' }),
  ]);
  expect(sent).toMatchObject({ status: 0, stdout: '4 events sent.\n' });
  expect(piped).toMatchObject({ status: 1, stdout: '2 events sent, 1 line skipped.\n' });
  const events = (await bystander.drain(workplace.queue)).map(({ content }) => JSON.parse(content).orderNumber);
  expect(events.toSorted()).toEqual([...SOME, '#1001', '-7'].toSorted());
});

test('the other commands take them, and show commands that a shell takes', async () => {
  const shop = await aShop({ orders: SOME.map((orderNumber) => anOrderDocument({ orderNumber })) });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '#404');
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  const resynced = await orderSync(workplace, ['resync', '--', ...SOME]);
  expect(resynced.stdout).toContain("order-sync status -- '#1001' 'SO 1001' INV/2026/12 -7\n");
  await expect.poll(() => daemon.outcomes().filter(({ outcome }) => outcome === 'synced').length).toBe(SOME.length);
  const [found, unknown, dead, preview] = await Promise.all([
    orderSync(workplace, ['status', '--json', '--', ...SOME]),
    orderSync(workplace, ['status', '#403']),
    orderSync(workplace, ['status', '#404']),
    orderSync(workplace, ['resync', '--dry-run', '#1001']),
  ]);
  expect(JSON.parse(found.stdout).orders).toMatchObject(SOME.map((reference) => ({ reference, found: true })));
  expect(unknown).toMatchObject({ status: 1, stdout: expect.stringContaining("order-sync resync '#403'\n") });
  expect(dead.stdout).toContain("order-sync dead-letters replay '#404'");
  expect(preview).toMatchObject({ status: 0, stdout: expect.stringMatching(/^#1001 /) });
  expect(await orderSync(workplace, ['dead-letters', 'replay', '#404'])).toMatchObject({ status: 0 });
});

test.for(['send', 'resync'])('order-sync %s refuses them too', async (command) => {
  const shop = await aShop();
  const workplace = aWorkplace(shopEnv(shop));
  for (const number of ['../admin', '10086?admin=1', '10086\r\nX-Injected: yes', 'A'.repeat(10_240)]) {
    const result = await orderSync(workplace, [command, '--', number]);
    expect([number.slice(0, 20), result.status]).toEqual([number.slice(0, 20), 64]);
  }
  expect(shop.requests).toEqual([]);
});

test('order-sync status, which reads numbers however they are written, finds nothing by them and asks no shop', async () => {
  const shop = await aShop();
  const workplace = aWorkplace(shopEnv(shop));
  await orderSync(workplace, ['check']);
  for (const number of ['../admin', '10086?admin=1', '10086\r\nX-Injected: yes']) {
    const { status, stdout } = await orderSync(workplace, ['status', '--', number]);
    expect([1, 64]).toContain(status);
    expect(stdout).not.toMatch(/resync .*(?:[?]|[.][.])/);
  }
  expect(shop.requests.map(({ path }) => path).filter((path) => path.includes('admin'))).toEqual([]);
  expect((await orderSync(workplace, ['status', '--', 'A'.repeat(10_240)])).status).toBe(64);
});
