import { ENTRY_COLUMNS, KEPT_COLUMNS } from './audit-rows.ts';
import { DAEMON_COLUMNS, LEDGER_COLUMNS, LINE_COLUMNS, ORDER_COLUMNS, PAUSE_COLUMNS, SCAN_COLUMNS } from './columns.ts';
import type { Tables } from './tables.ts';

/** Statements that need every column and privilege that a write and its audit need, and touch no row. */
export function writeProbes(tables: Tables): string[] {
  const { orders, order_lines: lines, order_ledger: ledger, order_sync_reconciliation: scans } = tables;
  const { order_sync_pauses: pauses, order_sync_daemons: daemons } = tables;
  const { order_sync_audit: audit, order_sync_discarded: discarded } = tables;
  return [
    insertProbe(orders, ORDER_COLUMNS),
    insertProbe(lines, LINE_COLUMNS),
    insertProbe(ledger, LEDGER_COLUMNS),
    insertProbe(scans, ['shop', 'walk', ...SCAN_COLUMNS]),
    insertProbe(pauses, PAUSE_COLUMNS),
    insertProbe(daemons, DAEMON_COLUMNS),
    insertProbe(audit, ENTRY_COLUMNS),
    insertProbe(discarded, KEPT_COLUMNS),
    `UPDATE ${orders} SET status = status WHERE 1 = 0`,
    `UPDATE ${ledger} SET state = state WHERE 1 = 0`,
    `UPDATE ${scans} SET cursor_at = cursor_at WHERE 1 = 0`,
    `UPDATE ${pauses} SET reason = reason WHERE 1 = 0`,
    `UPDATE ${daemons} SET report = report WHERE 1 = 0`,
    `UPDATE ${audit} SET orders = orders WHERE 1 = 0`,
    `DELETE FROM ${lines} WHERE 1 = 0`,
    `DELETE FROM ${ledger} WHERE 1 = 0`,
    `DELETE FROM ${daemons} WHERE 1 = 0`,
    `DELETE FROM ${audit} WHERE 1 = 0`,
    `DELETE FROM ${discarded} WHERE 1 = 0`,
  ];
}

function insertProbe(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM ${table} WHERE 1 = 0`;
}
