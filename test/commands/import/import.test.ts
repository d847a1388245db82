import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { statusFault } from '../../../demo/shop/faults.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { aBystander } from '../../helpers/broker.ts';
import { createCompanyTables } from '../../helpers/company-tables.ts';
import { aWorkplace, startDaemon, type Workplace } from '../../helpers/daemon-process.ts';
import { readRows } from '../../helpers/internal-database.ts';
import { anOrderDocument, aSnapshot, type OrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { aStandInErp } from '../../helpers/stand-in-erp.ts';
import { sqlSystem } from '../../internal-system/helpers/sql-system.ts';
import { EXAMPLE } from '../../internal-system/mapping/mapped-system.ts';
import { jsonLines, orderSync } from '../helpers/cli.ts';

const QUICK_SINK = new URL('../../helpers/quick-sink.ts', import.meta.url).pathname;
const DAY = 24 * 3_600_000;
const FAST = ['--rate', '100', '--yes'];

/** An order that was placed and last changed that many days ago. */
function aPastOrder(orderNumber: string, daysAgo: number, more: Partial<OrderDocument> = {}): OrderDocument {
  const at = new Date(Date.now() - daysAgo * DAY).toISOString();
  return anOrderDocument({ orderNumber, status: 'completed', placedAt: at, updatedAt: at, ...more });
}

async function aSetup(orders: readonly OrderDocument[], options: Parameters<typeof aShop>[0] = {}) {
  const shop = await aShop({ orders, ...options });
  const place = aWorkplace({ ...shopEnv(shop), SHOP_BATCH_SIZE: '1' });
  const system = await openSystem(place);
  return { shop, place, system };
}

async function openSystem({ env }: Workplace): Promise<SqlInternalSystem> {
  const system = await sqlSystem(env['INTERNAL_SYSTEM_URL'] ?? '', 'shop');
  onTestFinished(() => system.close());
  await system.open();
  return system;
}

function fulfilments({ database }: Workplace): Record<string, unknown> {
  const rows = readRows(database, 'SELECT order_number, fulfilment_status FROM orders ORDER BY order_number');
  return Object.fromEntries(rows.map((row) => [String(row['order_number']), row['fulfilment_status']]));
}

test('what is over in the shop gets the chosen status, what is open is new, and what is here stays as it is', async () => {
  const orders = [
    aPastOrder('BEFORE', 500),
    aPastOrder('DONE', 300),
    aPastOrder('REFUNDED', 200, { status: 'refunded' }),
    aPastOrder('CANCELLED', 100, { status: 'cancelled' }),
    aPastOrder('HERE', 50),
    aPastOrder('OPEN', 3, { status: 'paid' }),
    aPastOrder('CART', 2, { status: 'pending' }),
  ];
  const { place, system } = await aSetup(orders);
  await system.writeOrders([aSnapshot({ order: orders[4] ?? {} })]);
  const { status, stdout, stderr } = await orderSync(place, [
    'import',
    ...['--since', '400d', '--fulfilment', 'shipped', ...FAST],
  ]);
  expect(stderr).toContain('completed, refunded, cancelled in the shop: fulfilment status "shipped"');
  expect(stdout).toMatch(/^Imported: 4 orders placed since .*, 3 as "shipped", 1 as "new"\.\n/);
  expect(stdout).toContain('Here before: 1. Left out: 1 cart (not paid, not stored).');
  expect(fulfilments(place)).toEqual({
    DONE: 'shipped',
    REFUNDED: 'shipped',
    CANCELLED: 'shipped',
    HERE: 'new',
    OPEN: 'new',
  });
  expect(status).toBe(0);
});

test('nothing is published: neither to the queue nor to SYNCED_EXCHANGE', async () => {
  const { place } = await aSetup([aPastOrder('DONE', 10)]);
  const bystander = await aBystander();
  await bystander.channel.assertQueue(place.queue, { durable: true });
  const env = { SYNCED_EXCHANGE: `${place.queue}.synced` };
  await orderSync(place, ['import', '--since', '400d', '--fulfilment', 'shipped', ...FAST], { env });
  expect(fulfilments(place)).toEqual({ DONE: 'shipped' });
  expect(readRows(place.database, 'SELECT * FROM order_sync_outbox')).toEqual([]);
  expect(await bystander.drain(place.queue)).toEqual([]);
});

test('a paid order that is older than 30 days needs a decision, and is never to be shipped by itself', async () => {
  const orders = [
    aPastOrder('OLD', 60, { status: 'paid' }),
    aPastOrder('RECENT', 20, { status: 'paid' }),
    aPastOrder('NOW', 2, { status: 'on_hold' }),
  ];
  const { place } = await aSetup(orders);
  const first = await orderSync(place, ['import', '--since', '400d', '--fulfilment', 'shipped', ...FAST]);
  expect(first.status).toBe(1);
  expect(first.stdout).toMatch(/OLD +paid +undecided +open in the shop, and placed on /);
  expect(first.stdout).toContain('--shipped-before <day>');
  expect(fulfilments(place)).toEqual({ RECENT: 'new', NOW: 'new' });
  const second = await orderSync(place, [
    'import',
    ...['--since', '400d', '--fulfilment', 'shipped', '--shipped-before', '30d', ...FAST],
  ]);
  expect(second.status).toBe(0);
  expect(fulfilments(place)).toEqual({ OLD: 'shipped', RECENT: 'new', NOW: 'new' });
});

test('odd orders are listed with their reasons, and stop nothing', async () => {
  const odd = { ...aPastOrder('ODD', 9), currency: 'yuan' };
  const { place } = await aSetup([aPastOrder('FIRST', 10), odd, aPastOrder('LAST', 8)]);
  const { status, stdout } = await orderSync(place, [
    'import',
    ...['--since', '400d', '--fulfilment', 'shipped', '--json', ...FAST],
  ]);
  const [problem, end] = jsonLines(stdout);
  expect(problem).toMatchObject({ orderNumber: 'ODD', status: 'completed', reason: 'invalid_order' });
  expect(end).toMatchObject({ over: 2, problems: 1, leftOut: [{ orderNumber: 'ODD' }] });
  expect(Object.keys(fulfilments(place))).toEqual(['FIRST', 'LAST']);
  expect(status).toBe(1);
});

test('--dry-run counts and writes nothing, and fetches only what needs a decision', async () => {
  const orders = [
    aPastOrder('DONE', 90),
    aPastOrder('OLD', 60, { status: 'paid' }),
    aPastOrder('CART', 1, { status: 'pending' }),
  ];
  const { place, shop } = await aSetup(orders);
  const env = { RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:1' };
  const { stdout } = await orderSync(place, ['import', '--since', '400d', '--dry-run', '--json'], { env });
  expect(jsonLines(stdout).at(-1)).toMatchObject({ over: 1, open: 0, carts: 1, problems: 1, isDryRun: true });
  expect(fulfilments(place)).toEqual({});
  expect(shop.requests.flatMap(({ references }) => references)).not.toContain('DONE');
});

test('killed on the way, the same command goes on where it stopped; another one is refused', async () => {
  const orders = Array.from({ length: 250 }, (_, index) => aPastOrder(`N${1000 + index}`, 300 - index));
  const { place, shop } = await aSetup(orders);
  const args = ['import', '--since', '400d', '--fulfilment', 'shipped', ...FAST];
  const killed = startDaemon(place, {}, args);
  await expect
    .poll(() => readRows(place.database, 'SELECT 1 FROM orders').length, { timeout: 30_000 })
    .toBeGreaterThan(150);
  killed.signal('SIGKILL');
  await killed.exited;
  const requested = shop.requests.length;
  const other = await orderSync(place, ['import', '--since', '300d', '--fulfilment', 'shipped', ...FAST]);
  expect(other.status).toBe(64);
  expect(other.stderr).toContain('To go on with it: order-sync import --since 400d --fulfilment shipped');
  const { status, stderr } = await orderSync(place, args);
  expect(stderr).toMatch(/Going on with the import begun at .*, from 2/);
  expect(status).toBe(0);
  expect(Object.keys(fulfilments(place))).toHaveLength(250);
  const again = shop.requests.slice(requested).flatMap(({ references }) => references);
  expect(again.length).toBeLessThan(101);
  expect(again).not.toContain('N1000');
}, 120_000);

test('Ctrl-C ends it with the command that goes on; a shop that is down as well', async () => {
  const orders = Array.from({ length: 120 }, (_, index) => aPastOrder(`N${1000 + index}`, 300 - index));
  const { place, shop } = await aSetup(orders);
  const args = ['import', '--since', '400d', '--fulfilment', 'shipped', '--rate', '20', '--yes'];
  const interrupted = startDaemon(place, {}, args);
  await expect
    .poll(() => readRows(place.database, 'SELECT 1 FROM orders').length, { timeout: 30_000 })
    .toBeGreaterThan(10);
  interrupted.signal('SIGINT');
  expect(await interrupted.exited).toBe(1);
  expect(interrupted.stderr()).toContain('To go on from here: order-sync import --since 400d --fulfilment shipped');
  shop.setFaults(() => statusFault(401));
  const refused = await orderSync(place, args);
  expect(refused.status).toBe(78);
  expect(refused.stderr).toContain('To go on from here:');
  shop.setFaults(undefined);
  expect((await orderSync(place, [...args.slice(0, 5), ...FAST])).status).toBe(0);
  expect(Object.keys(fulfilments(place))).toHaveLength(120);
}, 120_000);

test('it refuses to guess: no fulfilment status, no terminal to ask on, no word about the ERP', async () => {
  const { place, shop } = await aSetup([aPastOrder('DONE', 10)]);
  const without = await orderSync(place, ['import', '--since', '2024-01-01', '--yes']);
  expect(without.status).toBe(64);
  expect(without.stderr).toContain('--fulfilment shipped, for instance');
  const silent = await orderSync(place, ['import', '--since', '2024-01-01', '--fulfilment', 'shipped']);
  expect(silent.status).toBe(64);
  expect(silent.stderr).toContain('add --yes');
  const erp = {
    INTERNAL_SYSTEM_HTTP_URL: `${shop.url}/erp`,
    INTERNAL_SYSTEM_HTTP_SECRET: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
  };
  const withErp = await orderSync(place, ['import', '--since', '2024-01-01', '--fulfilment', 'shipped', ...FAST], {
    env: erp,
  });
  expect(withErp.stderr).toContain('--ledger-only');
  expect(withErp.status).toBe(64);
  const ledgerOnly = await orderSync(
    place,
    ['import', '--since', '2024-01-01', '--fulfilment', 'shipped', '--ledger-only', ...FAST],
    { env: erp },
  );
  expect(ledgerOnly.status).toBe(0);
  expect(readRows(place.database, 'SELECT state FROM order_ledger')).toEqual([{ state: 'synced' }]);
  expect(shop.requests.some(({ path }) => path.includes('/erp'))).toBe(false);
});

test('an ERP behind the ledger hears of imported orders only with --to-erp', async () => {
  const { place } = await aSetup([aPastOrder('DONE', 10)]);
  const erp = await aStandInErp();
  const args = ['import', '--since', '400d', '--fulfilment', 'shipped', ...FAST];
  const env = { INTERNAL_SYSTEM: QUICK_SINK, ...erp.env };
  expect((await orderSync(place, [...args, '--ledger-only'], { env })).status).toBe(0);
  expect(readRows(place.database, 'SELECT reference, state FROM order_ledger')).toEqual([
    { reference: 'DONE', state: 'synced' },
  ]);
  expect(erp.writes).toEqual([]);
  const system = await openSystem(place);
  await system.retention.prune(new Date(), null, false);
  const { status, stderr } = await orderSync(place, [...args, '--to-erp'], { env });
  expect(stderr).toContain('Each is created in the ERP as well.');
  expect(erp.writes).toHaveLength(1);
  expect(readRows(place.database, 'SELECT reference, state FROM order_ledger')).toEqual([
    { reference: 'DONE', state: 'synced' },
  ]);
  expect(status).toBe(0);
});

test('MAPPING writes along, and --no-mapping leaves its tables alone', async () => {
  const { place } = await aSetup([aPastOrder('FIRST', 10)]);
  const database = new DatabaseSync(place.database);
  await createCompanyTables('SQLite', {
    sql: async (statement) => database.prepare(statement).all(),
    close: async () => database.close(),
  });
  database.close();
  const mapped = () => readRows(place.database, 'SELECT order_sn FROM ecs_order_info').map((row) => row['order_sn']);
  const args = ['import', '--since', '400d', '--fulfilment', 'shipped', ...FAST];
  await orderSync(place, [...args, '--no-mapping'], { env: { MAPPING: EXAMPLE } });
  expect([Object.keys(fulfilments(place)), mapped()]).toEqual([['FIRST'], []]);
  const system = await openSystem(place);
  await system.retention.prune(new Date(), null, false);
  const { stderr } = await orderSync(place, [...args], { env: { MAPPING: EXAMPLE } });
  expect(stderr).toContain('MAPPING writes them into your own tables as well');
  expect(mapped()).toEqual(['FIRST']);
});
