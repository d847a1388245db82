import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { OrderCriteria } from '../../../src/internal-system/ledger.ts';
import { countOrders, listOrders } from '../../../src/internal-system/sql/list-orders.ts';
import type { SqlQuery } from '../../../src/internal-system/sql/sql-database.ts';
import { prefixedTables } from '../../../src/internal-system/sql/tables.ts';
import { sqliteMigrations } from '../../../src/internal-system/sqlite/schema.ts';

const tables = prefixedTables('');
const source = { database: { documentAsText: 'o.document', tables }, isLedger: true };
const AFTER = '2026-11-22T08:00:00.000Z~10086';

/** How SQLite would find the rows, in a file without statistics: no program of ours collects any. */
function planOf({ sql, values }: SqlQuery): string[] {
  const database = new DatabaseSync(':memory:', { defensive: false });
  for (const statement of sqliteMigrations(tables, '').flat()) database.exec(statement);
  const bound = values.map((value) => (value instanceof Date ? value.toISOString() : String(value)));
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...bound);
  database.close();
  return steps.map(({ detail }) => String(detail));
}

const CASES: readonly (readonly [OrderCriteria, string])[] = [
  [{}, 'SEARCH l USING INDEX order_ledger_updated_at (shop=?'],
  [{ since: new Date(), until: new Date() }, 'SEARCH l USING INDEX order_ledger_updated_at (shop=?'],
  [{ state: 'retrying' }, 'SEARCH l USING INDEX order_ledger_state (shop=? AND state=?'],
  [{ state: 'synced' }, 'SEARCH l USING INDEX order_ledger_state (shop=? AND state=?'],
  [{ by: 'placed' }, 'SEARCH o USING INDEX orders_placed (shop=?'],
  [{ conflictsOnly: true }, 'SEARCH o USING INDEX orders_cancel_conflict (shop=? AND cancel_conflict=?'],
  [{ mismatchOnly: true, by: 'placed' }, 'SEARCH o USING INDEX orders_totals_mismatch (shop=? AND totals_mismatch=?'],
  [{ undeliveredOnly: true }, 'SEARCH l USING INDEX order_ledger_shop_order_id (shop=? AND shop_order_id=?'],
];

test.each(CASES)('the list of %j reads no more rows than it shows', (criteria, step) => {
  for (const page of [{}, { after: AFTER }]) {
    const plan = planOf(listOrders(source, 'shop', { ...criteria, ...page, limit: 50 }));
    expect(plan[0]).toContain(step);
    expect(plan).toContain('SEARCH n USING INDEX order_ledger_shop_order_id (shop=? AND shop_order_id=?)');
    expect(plan.filter((each) => each.startsWith('SCAN'))).toEqual([]);
  }
});

test('the conflicts are counted by their index: it is done all the time', () => {
  const plan = planOf(countOrders(source, 'shop', { conflictsOnly: true }, 1_000));
  expect(plan.filter((step) => /^SEARCH|^SCAN [a-z]$/.test(step))).toEqual([
    'SEARCH o USING COVERING INDEX orders_cancel_conflict (shop=? AND cancel_conflict=?)',
  ]);
});
