export const TABLE_NAMES = ['orders', 'order_sync_outbox', 'order_shipments'] as const;
export type TableName = (typeof TABLE_NAMES)[number];
export type Tables = Readonly<Record<TableName, string>>;
export const PLAIN_TABLES: Tables = {
  orders: 'orders',
  order_sync_outbox: 'order_sync_outbox',
  order_shipments: 'order_shipments',
};
