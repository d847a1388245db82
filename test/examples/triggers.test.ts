import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { SqlInternalSystem } from '../../src/internal-system/sql/sql-internal-system.ts';
import { companyRows, createCompanyTables } from '../helpers/company-tables.ts';
import { aLine, anAddress, aSnapshot, type OrderDocument } from '../helpers/order-builder.ts';
import { type DatabaseKind, describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { EXAMPLE } from '../internal-system/mapping/mapped-system.ts';

/** The file as a client runs it, one statement after the other. */
function statementsOf(kind: DatabaseKind): string[] {
  const file = kind === 'MySQL' ? 'mysql.sql' : 'postgres.sql';
  const text = readFileSync(new URL(`../../examples/triggers/${file}`, import.meta.url), 'utf8');
  if (kind === 'PostgreSQL') return [text];
  const [, body = ''] = /^DELIMITER \/\/$(.*)^DELIMITER ;$/ms.exec(text) ?? [];
  return body.split('//').filter((statement) => statement.trim() !== '');
}

/** As each file's own comments have it. */
const BACKFILL = {
  MySQL: 'CALL write_all_ecs_orders()',
  PostgreSQL: 'UPDATE orders SET document = document',
  SQLite: '',
};

const NUMBER = '20261129172337001';

function aVersion(minute: number, overrides: Partial<OrderDocument> = {}) {
  const updatedAt = `2026-11-29T09:${String(minute).padStart(2, '0')}:37.000Z`;
  return aSnapshot({ order: { orderNumber: NUMBER, shopOrderId: '98231', updatedAt, ...overrides } });
}

/** Nothing in here takes four bytes: of that, the mapping and the triggers each make their own. */
const VERSIONS = [
  aVersion(1, { status: 'pending', paidAt: null, lines: [aLine()] }),
  aVersion(2, { lines: [aLine(), aLine({ lineId: '2', sku: null, name: '玻璃杯', unitPrice: null })] }),
  aVersion(3, {
    shippingAddress: anAddress({ province: '上海市', city: '上海市', recipient: '', phone: null }),
    lines: [aLine()],
  }),
  aVersion(4, { shippingAddress: null, buyer: null, lines: [aLine({ quantity: 5, unitPrice: '1.2' })] }),
  aVersion(5, { orderNumber: 'R-1', buyerNote: null, lines: [aLine()] }),
  aVersion(6, { orderNumber: 'R-1', status: 'cancelled', lines: [] }),
];

describeDatabases(
  'examples/triggers',
  (workbench) => {
    const { kind } = workbench;
    const sql = (statement: string) => workbench.database.sql(statement);
    const rows = () => companyRows(workbench.database);
    let system: SqlInternalSystem;
    let mapped: unknown[];

    beforeAll(async () => {
      await createCompanyTables(kind, workbench.database);
      mapped = await rowsAfterEach(await workbench.open(undefined, EXAMPLE));
      system = await workbench.open();
      for (const statement of statementsOf(kind)) await sql(statement);
    });
    beforeEach(async () => {
      for (const table of ['order_lines', 'order_ledger', 'orders', 'ecs_order_goods', 'ecs_order_info']) {
        await sql(`DELETE FROM ${table}`);
      }
    });

    /** The company's rows after each version of the order. */
    async function rowsAfterEach(of: SqlInternalSystem): Promise<unknown[]> {
      const seen: unknown[] = [];
      for (const version of VERSIONS) {
        await of.writeOrders([version]);
        seen.push(await rows());
      }
      return seen;
    }

    it('write the same rows as the mapping, at each step of an order', async () => {
      const seen = await rowsAfterEach(system);
      expect(seen).toEqual(mapped);
      expect(seen.at(-1)).toMatchObject({ orders: [{ order_sn: 'R-1', order_status: '2' }], goods: [] });
    });

    it('leave alone what belongs to the staff', async () => {
      await system.writeOrders([aVersion(1)]);
      await sql("UPDATE ecs_order_info SET shipping_status = 3, to_buyer = 'call first'");
      await sql('UPDATE ecs_order_goods SET send_number = 1');
      await system.writeOrders([aVersion(2, { status: 'cancelled' })]);
      expect(await rows()).toMatchObject({
        orders: [{ order_status: '2', shipping_status: '3', to_buyer: 'call first' }],
        goods: [{ send_number: '1' }, { send_number: '1' }],
      });
    });

    it('do nothing for what is not newer', async () => {
      await system.writeOrders([aVersion(2)]);
      await sql('UPDATE ecs_order_info SET order_status = 9');
      await system.writeOrders([aVersion(1)]);
      await system.writeOrders([{ ...aVersion(2), fetchedAt: new Date('2026-11-29T10:00:00Z') }]);
      expect((await rows()).orders).toMatchObject([{ order_status: '9' }]);
    });

    it('fill in what is stored already, and change nothing the second time', async () => {
      await system.writeOrders([aVersion(1), aSnapshot({ order: { orderNumber: 'B-2' } })]);
      const written = await rows();
      await sql('DELETE FROM ecs_order_goods');
      await sql('DELETE FROM ecs_order_info');
      await sql(BACKFILL[kind]);
      expect(await rows()).toEqual(written);
      await sql(BACKFILL[kind]);
      expect(await rows()).toEqual(written);
    });

    it('fail an order alone, with words that say why', async () => {
      const refused = system.writeOrders([aVersion(1, { lines: [aLine({ unitPrice: '1.005' })] })]);
      await expect(refused).rejects.toMatchObject({ reason: 'write_rejected' });
      expect(await rows()).toEqual({ orders: [], goods: [] });
      expect(await system.listOrders({ limit: 1 })).toEqual([]);
    });

    it.runIf(kind === 'MySQL')('show where a character does not fit into an old utf8 column', async () => {
      await system.writeOrders([aVersion(1, { lines: [aLine({ name: 'Tea 🍵' })] })]);
      expect((await rows()).goods).toMatchObject([{ goods_name: 'Tea 〓' }]);
    });
  },
  ['PostgreSQL', 'MySQL'],
);
