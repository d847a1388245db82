import { beforeAll, beforeEach, expect, it } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import { companyRows, createCompanyTables } from '../../helpers/company-tables.ts';
import { aLine, anOrder, aSnapshot } from '../../helpers/order-builder.ts';
import { describeDatabases } from '../helpers/test-databases.ts';
import { aMappedSystem, aMapping } from './mapped-system.ts';

const SN = `{ order_sn: order.orderNumber }`;
const REST = `order_status: 1, shipping_status: 0, pay_status: 2, consignee: order.buyer.name, mobile: '', address: '',
  zipcode: '', postscript: '', to_buyer: '', goods_amount: '0', shipping_fee: '0', order_amount: order.totals.grand,
  add_time: 0, pay_time: 0, last_change: '2026-11-29 17:23:37'`;
const UPSERT = `const row = await tables.upsert('ecs_order_info', ${SN}, { ${REST} });`;

/** A snapshot of an order of its own. */
function anew(orderNumber: string, name = '王小明') {
  return aSnapshot({ order: { orderNumber, buyer: { id: null, name, email: null, phone: null } } });
}

describeDatabases('a mapping', (workbench) => {
  const { kind } = workbench;
  const sql = (statement: string) => workbench.database.sql(statement);
  const numbers = async () => (await companyRows(workbench.database)).orders.map((row) => row['order_sn']);
  const failureOf = (write: Promise<unknown>): Promise<unknown> =>
    write.then(
      () => undefined,
      (error: unknown) => error,
    );

  beforeAll(() => createCompanyTables(kind, workbench.database));
  beforeEach(async () => {
    await sql('DELETE FROM ecs_order_goods');
    await sql('DELETE FROM ecs_order_info');
  });

  it('gets the order, what it was before, its revision and the shop', async () => {
    await sql(`CREATE TABLE journal (entry VARCHAR(200))`);
    const entry = '[shop, order.status, revision, previous === null ? null : previous.status].join()';
    const system = await aMappedSystem(
      workbench,
      await aMapping(`await tables.insert('journal', { entry: ${entry} })`),
      'eu',
    );
    const version = (minute: number, status: 'paid' | 'cancelled') =>
      aSnapshot({ order: { orderNumber: 'J', status, updatedAt: `2026-11-22T12:0${minute}:00Z` } });
    await system.writeOrders([version(1, 'paid')]);
    await system.writeOrders([version(2, 'cancelled')]);
    await system.writeOrders([version(2, 'cancelled'), version(1, 'paid')]);
    expect((await sql('SELECT entry FROM journal')).map((row) => row['entry'])).toEqual([
      'eu,paid,1,',
      'eu,cancelled,2,paid',
    ]);
  });

  it('fails the order and writes nothing of it when a statement fails, even if it catches the error', async () => {
    const body = `${UPSERT} if (order.orderNumber === 'BAD') await tables.query('INSERT INTO ecs_order_info (order_sn) VALUES (?)', [order.orderNumber]).catch(() => {});`;
    const system = await aMappedSystem(workbench, await aMapping(body));
    expect(await failureOf(system.writeOrders([anew('BAD')]))).toBeInstanceOf(SyncError);
    await system.writeOrders([anew('GOOD')]);
    expect(await numbers()).toEqual(['GOOD']);
    expect((await system.listOrders({ limit: 10 })).map((order) => order.orderNumber)).toEqual(['GOOD']);
  });

  it.runIf(kind !== 'SQLite')('names the table when a text is too long, and not the text', async () => {
    const system = await aMappedSystem(workbench, await aMapping(UPSERT));
    const error = await failureOf(system.writeOrders([anew('LONG', '长'.repeat(61))]));
    expect(error).toMatchObject({
      reason: 'write_rejected',
      message: expect.stringMatching(/ecs_order_info|consignee/),
    });
    expect(String(error)).not.toContain('长');
  });

  it.runIf(kind === 'MySQL')('refuses emoji in an old utf8 column rather than storing a question mark', async () => {
    const system = await aMappedSystem(workbench, await aMapping(UPSERT));
    expect(await failureOf(system.writeOrders([anew('EMOJI', '🍵')]))).toMatchObject({ reason: 'write_rejected' });
  });

  it('fails the order with the name of its own error, never its words', async () => {
    const body = `if (order.orderNumber === 'BAD') throw new RangeError(order.buyer.name); ${UPSERT}`;
    const system = await aMappedSystem(workbench, await aMapping(body));
    const error = await failureOf(system.writeOrders([anew('BAD', 'secret')]));
    expect(error).toMatchObject({
      reason: 'write_rejected',
      message: "The mapping threw a RangeError for order BAD (the log's error has the details).",
      cause: expect.any(RangeError),
    });
  });

  it('may refuse an order in its own words', async () => {
    const body = `throw new toolkit.SyncError('write_rejected', 'Order ' + order.orderNumber + ' is in USD.');`;
    const system = await aMappedSystem(workbench, await aMapping(`if (order.currency === 'USD') { ${body} }`));
    const usd = aSnapshot({ order: { orderNumber: 'U', currency: 'USD' } });
    expect(await failureOf(system.writeOrders([usd]))).toMatchObject({ message: 'Order U is in USD.' });
  });

  it('waits for statements that it does not await itself', async () => {
    const body = `void tables.upsert('ecs_order_info', ${SN}, { ${REST} });`;
    const system = await aMappedSystem(workbench, await aMapping(body));
    await system.writeOrders([anew('A1'), anew('A2')]);
    expect(await numbers()).toEqual(['A1', 'A2']);
  });

  it('takes names and values as they are', async () => {
    const quote = kind === 'MySQL' ? '`' : '"';
    const quoted = (name: string) => quote + name.replaceAll(quote, quote + quote) + quote;
    const odd = `o'"${kind === 'MySQL' ? '' : '`'}rder; key`;
    await sql(
      `CREATE TABLE ${quoted(odd)} (${quoted('group')} VARCHAR(100) PRIMARY KEY, ${quoted('select')} VARCHAR(100))`,
    );
    const text = `'); DROP TABLE x; -- \\ ? " $1`;
    const body = `const it = ${JSON.stringify(odd)}, text = ${JSON.stringify(text)};
      await tables.upsert(it, { group: text }, { select: 'a' });
      const row = await tables.upsert(it, { group: text }, { select: text });
      const [found] = await tables.query('SELECT 1 AS one WHERE ? = ?', [row.select, text]);
      if (found.one !== 1) throw new Error('not found');`;
    const system = await aMappedSystem(workbench, await aMapping(body));
    await system.writeOrders([anew('Q')]);
    expect(await sql(`SELECT * FROM ${quoted(odd)}`)).toEqual([{ group: text, select: text }]);
  });

  it('never takes a missing value for NULL, nor no keys for all rows', async () => {
    const missing = await aMappedSystem(
      workbench,
      await aMapping(`await tables.update('ecs_order_info', ${SN}, { mobile: order.mobil });`),
    );
    await sql(`INSERT INTO ecs_order_info (order_sn, order_status, shipping_status, pay_status, consignee, mobile, address, zipcode,
      postscript, to_buyer, goods_amount, shipping_fee, order_amount, add_time, pay_time, last_change)
      VALUES ('M', 1, 0, 2, '', '1', '', '', '', '', 0, 0, 0, 0, 0, '2026-11-29 17:23:37')`);
    expect(await failureOf(missing.writeOrders([anew('M')]))).toMatchObject({
      message: expect.stringContaining('The mapping gave ecs_order_info.mobile nothing (undefined)'),
    });
    const all = await aMappedSystem(
      workbench,
      await aMapping(`await tables.update('ecs_order_info', {}, { mobile: '2' });`),
    );
    expect(await failureOf(all.writeOrders([anew('M')]))).toMatchObject({
      message: expect.stringContaining('no key of'),
    });
    expect(await sql('SELECT mobile FROM ecs_order_info')).toEqual([{ mobile: '1' }]);
  });

  it('refuses keys that name several rows', async () => {
    const body = `${UPSERT} await tables.upsert('ecs_order_info', { order_status: 1 }, { mobile: '2' });`;
    const system = await aMappedSystem(workbench, await aMapping(body));
    const error = await failureOf(system.writeOrders([anew('K1'), anew('K2')]));
    expect(error).toMatchObject({
      reason: 'write_rejected',
      message: expect.stringContaining('has 2 rows with its order_status'),
    });
    expect(await numbers()).toEqual([]);
  });

  it('tells lines with the same key apart only as a whole', async () => {
    const body = `${UPSERT} const lines = order.lines.map((line, index) => ({ line_no: index, goods_sn: line.sku, goods_name: '',
        goods_number: line.quantity, goods_price: '1.00' }));
      await tables.replaceLines('ecs_order_goods', { order_id: row.order_id }, lines, ['goods_sn'], { insertOnly: { send_number: 0 } });`;
    const system = await aMappedSystem(workbench, await aMapping(body));
    const version = (minute: number, quantities: readonly number[]) => {
      const lines = quantities.map((quantity, index) => aLine({ lineId: `${index}`, sku: 'TEA', quantity }));
      return aSnapshot({
        order: {
          orderNumber: 'L',
          updatedAt: `2026-11-22T12:0${minute}:00Z`,
          lines: [...lines, aLine({ lineId: '9', sku: 'CUP' })],
        },
      });
    };
    const goods = async () =>
      (await companyRows(workbench.database)).goods.map(
        (row) => `${row['goods_sn']} ${row['goods_number']} ${row['send_number']}`,
      );
    await system.writeOrders([version(1, [1, 2])]);
    await sql('UPDATE ecs_order_goods SET send_number = 1');
    await system.writeOrders([version(2, [1, 3])]);
    expect(await goods()).toEqual(['TEA 1 0', 'TEA 3 0', 'CUP 2 1']);
  });

  it('takes the batch apart for one order that the company refuses', async () => {
    await sql('CREATE TABLE picky (name VARCHAR(100) NOT NULL UNIQUE)');
    const system = await aMappedSystem(
      workbench,
      await aMapping(`await tables.insert('picky', { name: order.orderNumber === 'BAD' ? null : order.orderNumber });`),
    );
    const error = await failureOf(system.writeOrders([anew('G1'), anew('BAD'), anew('G2')]));
    expect(error).toMatchObject({ reason: 'write_rejected' });
    expect(await sql('SELECT * FROM picky')).toEqual([]);
    await system.writeOrders([anew('G1')]);
    expect(await sql('SELECT * FROM picky')).toEqual([{ name: 'G1' }]);
  });

  // SQLite's BEGIN would block the process that it waits for.
  it.runIf(kind !== 'SQLite')('is written once by two daemons that write the same orders at once', async () => {
    const path = await aMapping(UPSERT);
    const systems = await Promise.all([1, 2].map(() => aMappedSystem(workbench, path, 'both')));
    const orders = Array.from({ length: 20 }, (_, index) => anew(`T${10 + index}`));
    const written = await Promise.all(
      systems.flatMap((system) => [orders, orders.toReversed()].map((some) => system.writeOrders(some))),
    );
    expect(written.flat().filter(({ outcome }) => outcome === 'synced')).toHaveLength(20);
    expect(await numbers()).toEqual(orders.map(({ order }) => order.orderNumber));
  });

  it('shows what it would write, and writes nothing', async () => {
    const system = await aMappedSystem(workbench, await aMapping(UPSERT));
    const preview = async (name: string) => {
      const order = anOrder({
        orderNumber: 'P',
        updatedAt: '2026-11-22T12:00:00Z',
        buyer: { id: null, name, email: null, phone: null },
      });
      return await system.mapping?.preview(order, new Date('2026-11-22T12:00:01Z'));
    };
    expect(await preview('A')).toMatchObject([
      { table: 'ecs_order_info', keys: { order_sn: 'P' }, before: null, after: { consignee: 'A' } },
    ]);
    expect([await numbers(), await system.findOrders('P')]).toEqual([[], []]);
    await system.writeOrders([anew('P', 'B')]);
    expect(await preview('A')).toMatchObject([{ before: { consignee: 'B' }, after: { consignee: 'A' } }]);
    expect((await companyRows(workbench.database)).orders).toMatchObject([{ consignee: 'B' }]);
  });
});
