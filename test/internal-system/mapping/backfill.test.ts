import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { BackfillPage, MappingAccess } from '../../../src/internal-system/mapping/mapping-access.ts';
import { companyRows, createCompanyTables } from '../../helpers/company-tables.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { describeDatabases } from '../helpers/test-databases.ts';
import { aMappedSystem, aMapping, EXAMPLE } from './mapped-system.ts';

const numbersFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => `N${first + index}`);

describeDatabases('backfill', (workbench) => {
  const { kind } = workbench;
  const sql = (statement: string) => workbench.database.sql(statement);
  const rows = () => companyRows(workbench.database);

  beforeAll(() => createCompanyTables(kind, workbench.database));
  beforeEach(async () => {
    await sql('DELETE FROM ecs_order_goods');
    await sql('DELETE FROM ecs_order_info');
  });

  /** Stored by an order-sync that had no mapping yet. */
  async function stored(shop: string, numbers: readonly string[]): Promise<void> {
    const system = await workbench.open(shop);
    await system.writeOrders(numbers.map((orderNumber) => aSnapshot({ order: { orderNumber } })));
  }

  async function runAll(mapping: MappingAccess | undefined, dryRun = false) {
    const pages = [];
    for (let after: string | null = null; ; ) {
      const page: BackfillPage | undefined = await mapping?.backfill({ after, since: undefined, dryRun });
      if (page === undefined || page.last === null) return pages.flat();
      pages.push(page.orders);
      after = page.last;
    }
  }

  it('maps every stored order, page by page, and nothing the second time', async () => {
    const numbers = numbersFrom(100, 450);
    await stored('many', numbers);
    const system = await aMappedSystem(workbench, EXAMPLE, 'many');
    expect((await runAll(system.mapping)).map(({ orderNumber }) => orderNumber)).toEqual(numbers);
    const first = await rows();
    expect([first.orders.length, first.goods.length]).toEqual([450, 900]);
    const again = await runAll(system.mapping, true);
    expect(again.filter(({ changes, error }) => changes.length > 0 || error !== undefined)).toEqual([]);
    await runAll(system.mapping);
    expect(await rows()).toEqual(first);
  });

  it('says what it would do, and does nothing', async () => {
    await stored('dry', ['D1']);
    const system = await aMappedSystem(workbench, EXAMPLE, 'dry');
    expect(await runAll(system.mapping, true)).toMatchObject([
      {
        orderNumber: 'D1',
        changes: [
          { table: 'ecs_order_info', keys: { order_sn: 'D1' }, before: null },
          { table: 'ecs_order_goods', keys: { line_no: 1 } },
          { table: 'ecs_order_goods', keys: { line_no: 2 } },
        ],
      },
    ]);
    expect(await rows()).toEqual({ orders: [], goods: [] });
  });

  it('reports the orders that fail, and maps the others', async () => {
    await stored('some', numbersFrom(10, 30));
    const body = `if (/[37]$/.test(order.orderNumber)) throw new toolkit.SyncError('write_rejected', 'No ' + order.orderNumber);
      await tables.query('UPDATE ecs_order_info SET order_status = 1');`;
    const system = await aMappedSystem(workbench, await aMapping(body), 'some');
    const failed = (await runAll(system.mapping)).filter(({ error }) => error !== undefined);
    expect(failed.map(({ error }) => error?.message)).toEqual(
      ['N13', 'N17', 'N23', 'N27', 'N33', 'N37'].map((n) => `No ${n}`),
    );
  });

  it('takes only what changed since, of its own shop', async () => {
    const system = await aMappedSystem(workbench, await aMapping(''), 'since');
    await system.writeOrders([
      aSnapshot({ order: { orderNumber: 'OLD', updatedAt: '2026-11-01T00:00:00Z' } }),
      aSnapshot({ order: { orderNumber: 'NEW', updatedAt: '2026-11-20T00:00:00Z' } }),
    ]);
    await stored('another', ['OTHER']);
    const since = new Date('2026-11-20T00:00:00Z');
    const page = await system.mapping?.backfill({ after: null, since, dryRun: false });
    expect(page?.orders.map(({ orderNumber }) => orderNumber)).toEqual(['NEW']);
  });

  it('does not overwrite what a daemon writes meanwhile', async () => {
    await stored('beside', ['B1']);
    const system = await aMappedSystem(workbench, EXAMPLE, 'beside');
    const newer = aSnapshot({ order: { orderNumber: 'B1', status: 'cancelled', updatedAt: '2026-11-23T00:00:00Z' } });
    await Promise.all([runAll(system.mapping), system.writeOrders([newer]), runAll(system.mapping)]);
    expect((await rows()).orders).toMatchObject([{ order_status: '2' }]);
  });

  it('reports a document that somebody has edited', async () => {
    await stored('edited', ['E1']);
    await sql(`UPDATE orders SET document = '{}' WHERE order_number = 'E1' AND shop = 'edited'`);
    const system = await aMappedSystem(workbench, EXAMPLE, 'edited');
    const [order] = await runAll(system.mapping);
    expect(order?.error?.message).toContain('The stored document of order E1 is no order');
  });
});
