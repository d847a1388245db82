import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createCompanyTables } from '../helpers/company-tables.ts';
import { aWorkplace, type Workplace } from '../helpers/daemon-process.ts';
import { readRows } from '../helpers/internal-database.ts';
import { anOrderDocument, aSnapshot } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { sqlSystem } from '../internal-system/helpers/sql-system.ts';
import { aMapping, EXAMPLE } from '../internal-system/mapping/mapped-system.ts';
import { jsonLines, orderSync } from './helpers/cli.ts';

const ORDERS = ['10086', '10087', '10088'].map((orderNumber) => anOrderDocument({ orderNumber }));

/** Three orders are stored, and the company's tables are empty. */
async function aStoredWorkplace(mapping = EXAMPLE): Promise<Workplace> {
  const place = aWorkplace({ ...shopEnv(await aShop({ orders: ORDERS })), SHOP_NAME: 'demo', MAPPING: mapping });
  const system = await sqlSystem(place.env['INTERNAL_SYSTEM_URL'] ?? '');
  await system.open();
  await system.writeOrders(ORDERS.map((order) => aSnapshot({ order })));
  await system.close();
  const database = new DatabaseSync(place.database);
  await createCompanyTables('SQLite', {
    sql: async (statement) => database.prepare(statement).all(),
    close: async () => database.close(),
  });
  database.close();
  return place;
}

function companyNumbers({ database }: Workplace): unknown[] {
  return readRows(database, 'SELECT order_sn FROM ecs_order_info ORDER BY order_sn').map((row) => row['order_sn']);
}

test('backfill shows every row without writing it, then writes them, and has nothing to do the second time', async () => {
  const place = await aStoredWorkplace();
  const dry = await orderSync(place, ['backfill', '--dry-run']);
  expect(dry).toMatchObject({ status: 0, stderr: '' });
  expect(dry.stdout).toContain('10086\n  ecs_order_info (order_sn 10086) inserted:\n');
  expect(dry.stdout).toContain('    order_amount: 129.4\n');
  expect(dry.stdout).toContain('    goods_sn: TEA-LJ-250\n');
  expect(dry.stdout).toContain('    mobile: (personal)\n');
  expect(dry.stdout).not.toMatch(/王|13800000000|浙江|310000/);
  expect(dry.stdout).toContain('\n3 orders looked at; nothing was written.\n');
  expect(companyNumbers(place)).toEqual([]);
  expect(await orderSync(place, ['backfill'])).toEqual({ status: 0, stderr: '', stdout: '3 orders mapped.\n' });
  expect(companyNumbers(place)).toEqual(['10086', '10087', '10088']);
  expect((await orderSync(place, ['backfill', '--dry-run'])).stdout).toBe('3 orders looked at; nothing was written.\n');
});

test('backfill names the orders that fail, goes on with the others, and ends with 1', async () => {
  const refuse = "throw new toolkit.SyncError('write_rejected', 'There is no customer for it.')";
  const place = await aStoredWorkplace(await aMapping(`if (order.orderNumber === '10087') ${refuse};`));
  const { status, stdout } = await orderSync(place, ['backfill']);
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: '10087 failed: There is no customer for it.\n2 orders mapped, 1 failed.\n',
  });
  const json = await orderSync(place, ['backfill', '--json', '--after', '10086']);
  expect(jsonLines(json.stdout)).toEqual([
    { orderNumber: '10087', reason: 'write_rejected', error: 'There is no customer for it.' },
    { orders: 2, failed: 1, last: '10088' },
  ]);
});

test('backfill without a mapping says what is missing', async () => {
  const place = await aStoredWorkplace();
  const { status, stderr } = await orderSync(place, ['backfill'], { env: { MAPPING: '' } });
  expect({ status, stderr }).toEqual({
    status: 78,
    stderr: 'order-sync: There is nothing to run: MAPPING names no module.\n',
  });
});

test('resync --dry-run shows the rows of an order that changed, old → new', async () => {
  const place = await aStoredWorkplace();
  await orderSync(place, ['backfill']);
  const changed = anOrderDocument({ orderNumber: '10086', status: 'cancelled', updatedAt: '2026-11-23T00:00:00Z' });
  const shop = await aShop({ orders: [{ ...changed, lines: changed.lines.slice(0, 1), buyerNote: null }] });
  const { status, stdout } = await orderSync(place, ['resync', '--dry-run', '10086'], { env: shopEnv(shop) });
  expect(status).toBe(0);
  const rows = stdout.slice(stdout.indexOf('  ecs_order_info'));
  expect(rows.split('\n')).toEqual([
    '  ecs_order_info (order_sn 10086) updated:',
    '    order_status: 1 → 2',
    '    pay_status: 2 → 0',
    '    postscript: (personal) → ',
    '    last_change: 2026-11-22 16:00:05 → 2026-11-23 08:00:00',
    '  ecs_order_goods (order_id 1, line_no 2) deleted',
    '',
  ]);
  expect(readRows(place.database, 'SELECT order_status FROM ecs_order_info')).toEqual(
    ORDERS.map(() => ({ order_status: 1 })),
  );
});

test('check tries the mapping and rolls it back, and names what is missing', async () => {
  const place = await aStoredWorkplace();
  const { stdout } = await orderSync(place, ['check']);
  expect(stdout).toMatch(
    /my-tables\.ts was tried with order 1008\d and rolled back: it writes ecs_order_info, ecs_order_goods\n/,
  );
  expect(companyNumbers(place)).toEqual([]);
  const wrong = await aMapping(
    "await tables.upsert('ecs_order_info', { order_sn: order.orderNumber }, { paytime: 0 })",
  );
  const failed = await orderSync(place, ['check'], { env: { MAPPING: wrong } });
  expect(failed.status).toBe(78);
  expect(failed.stdout).toContain('ecs_order_info has no column paytime.');
});

test('a mapping beside a module for another system is a configuration problem', async () => {
  const place = aWorkplace({ MAPPING: EXAMPLE, INTERNAL_SYSTEM: './erp.ts' });
  const { status, stderr } = await orderSync(place, ['backfill']);
  expect(status).toBe(78);
  expect(stderr).toContain(
    'MAPPING: found it beside INTERNAL_SYSTEM; expected only one of the two: a mapping writes in',
  );
});
