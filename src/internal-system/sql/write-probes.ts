import { DAEMON_COLUMNS, LEDGER_COLUMNS, LINE_COLUMNS, ORDER_COLUMNS, PAUSE_COLUMNS, SCAN_COLUMNS } from './columns.ts';
import type { Tables } from './tables.ts';

/** Statements that need every column and privilege that a write needs, and touch no row. */
export function writeProbes(tables: Tables): string[] {
  const { orders, order_lines: lines, order_ledger: ledger, order_sync_reconciliation: scans } = tables;
  const { order_sync_pauses: pauses, order_sync_daemons: daemons } = tables;
  return [
    insertProbe(orders, ORDER_COLUMNS),
    insertProbe(lines, LINE_COLUMNS),
    insertProbe(ledger, LEDGER_COLUMNS),
    insertProbe(scans, ['shop', 'walk', ...SCAN_COLUMNS]),
    insertProbe(pauses, PAUSE_COLUMNS),
    insertProbe(daemons, DAEMON_COLUMNS),
    `UPDATE ${orders} SET status = status WHERE 1 = 0`,
    `UPDATE ${ledger} SET state = state WHERE 1 = 0`,
    `UPDATE ${scans} SET cursor_at = cursor_at WHERE 1 = 0`,
    `UPDATE ${pauses} SET reason = reason WHERE 1 = 0`,
    `UPDATE ${daemons} SET report = report WHERE 1 = 0`,
    `DELETE FROM ${lines} WHERE 1 = 0`,
    `DELETE FROM ${ledger} WHERE 1 = 0`,
    `DELETE FROM ${daemons} WHERE 1 = 0`,
  ];
}

function insertProbe(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM ${table} WHERE 1 = 0`;
}
