import { LEDGER_COLUMNS, LINE_COLUMNS, ORDER_COLUMNS, SCAN_COLUMNS } from './columns.ts';

/** Statements that need every column and privilege that a write needs, and touch no row. */
export const WRITE_PROBES: readonly string[] = [
  ...Object.entries({
    orders: ORDER_COLUMNS,
    order_lines: LINE_COLUMNS,
    order_ledger: LEDGER_COLUMNS,
    order_sync_reconciliation: ['shop', 'walk', ...SCAN_COLUMNS],
  }).map(
    ([table, columns]) =>
      `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM ${table} WHERE 1 = 0`,
  ),
  'UPDATE orders SET status = status WHERE 1 = 0',
  'UPDATE order_ledger SET state = state WHERE 1 = 0',
  'UPDATE order_sync_reconciliation SET cursor_at = cursor_at WHERE 1 = 0',
  'DELETE FROM order_lines WHERE 1 = 0',
  'DELETE FROM order_ledger WHERE 1 = 0',
];
