/** The tables that order-sync creates. The company's own may have the same names, elsewhere or behind another prefix. */
export const TABLE_NAMES = [
  'orders',
  'order_lines',
  'order_ledger',
  'order_sync_schema',
  'order_sync_reconciliation',
  'order_sync_deliveries',
  'order_sync_outbox',
  'order_shipments',
  'order_sync_audit',
  'order_sync_discarded',
  'order_sync_pauses',
  'order_sync_daemons',
] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/** Each table as SQL names it: with its schema (PostgreSQL) and its prefix. */
export type Tables = Readonly<Record<TableName, string>>;

/** @param prefix of lower-case letters, digits and underscores: it needs no quotes */
export function prefixedTables(prefix: string): Tables {
  return tablesNamed((name) => `${prefix}${name}`);
}

/** @param schema any name: it is quoted */
export function tablesOfSchema(schema: string, prefix: string): Tables {
  const quoted = `"${schema.replaceAll('"', '""')}"`;
  return tablesNamed((name) => `${quoted}.${prefix}${name}`);
}

function tablesNamed(nameOf: (name: TableName) => string): Tables {
  return Object.fromEntries(TABLE_NAMES.map((name) => [name, nameOf(name)])) as Tables;
}
