/**
 * An order, its lines and its ledger row as columns: the same names in every database (see each schema.ts). Columns named
 * `…_at` hold instants as ISO text, UTC with milliseconds.
 */

/** A column's value on its way in: each database converts it to its own type. Decimals and documents are text. */
export type SqlValue = string | number | boolean | Date | null;

/** A row on its way out, in the driver's own types: `records.ts` reads all of them. */
export type Row = Readonly<Record<string, unknown>>;

export const ORDER_COLUMNS = [
  'shop',
  'order_number',
  'shop_order_id',
  'status',
  'currency',
  'grand_total',
  'items_total',
  'shipping_total',
  'tax_total',
  'discount_total',
  'refunded_total',
  'placed_at',
  'paid_at',
  'cancelled_at',
  'updated_at',
  'buyer_name',
  'fulfilment_status',
  'cancel_conflict',
  'conflicts',
  'conflict_at',
  'totals_mismatch',
  'content_hash',
  'revision',
  'fetched_at',
  'synced_at',
  'document',
] as const;
export type OrderColumn = (typeof ORDER_COLUMNS)[number];
export type OrderRow = Readonly<Record<OrderColumn, SqlValue>>;

/** What a newer version writes. `fulfilment_status` belongs to the staff: it is written with the first insert and never again. */
export const UPDATED_ORDER_COLUMNS = ORDER_COLUMNS.filter(
  (column) => !['shop', 'order_number', 'fulfilment_status'].includes(column),
);

/** What a refetch of the same version writes: an order that the shop has shown again is not gone. */
export const REFETCHED_ORDER_COLUMNS: readonly OrderColumn[] = [
  'fetched_at',
  'cancel_conflict',
  'conflicts',
  'conflict_at',
];

export const LINE_COLUMNS = [
  'shop',
  'order_number',
  'line_no',
  'line_id',
  'sku',
  'name',
  'quantity',
  'unit_price',
  'discount',
  'tax',
  'line_total',
] as const;
export type LineColumn = (typeof LINE_COLUMNS)[number];
export type LineRow = Readonly<Record<LineColumn, SqlValue>>;

export const LEDGER_COLUMNS = [
  'shop',
  'reference',
  'order_number',
  'shop_order_id',
  'state',
  'attempts',
  'last_event',
  'last_error',
  'received_at',
  'fetched_at',
  'synced_at',
  'updated_at',
] as const;
export type LedgerColumn = (typeof LEDGER_COLUMNS)[number];
export type LedgerRow = Readonly<Record<LedgerColumn, SqlValue>>;

export const UPDATED_LEDGER_COLUMNS = LEDGER_COLUMNS.filter((column) => column !== 'shop' && column !== 'reference');

/** A failure before the fetch leaves alone what an earlier attempt learnt: which order the reference means. */
export const UNFETCHED_LEDGER_COLUMNS = UPDATED_LEDGER_COLUMNS.filter(
  (column) => !['order_number', 'shop_order_id'].includes(column),
);

/** When the ERP got the order last is still true once a newer version of it is stored. */
export const UNDELIVERED_LEDGER_COLUMNS = UPDATED_LEDGER_COLUMNS.filter((column) => column !== 'synced_at');

export const SCAN_COLUMNS = [
  'cursor_at',
  'newest_listed_at',
  'begun_at',
  'lease_holder',
  'lease_until',
  'started_at',
  'finished_at',
  'compared',
  'found',
  'known',
  'error',
  'report',
] as const;
export type ScanColumn = (typeof SCAN_COLUMNS)[number];
/** Only the columns to write. */
export type ScanRow = Readonly<Partial<Record<ScanColumn, SqlValue>>>;

export const DELIVERY_COLUMNS = [
  'order_number',
  'delivered_revision',
  'erp_id',
  'note',
  'delivered_document',
  'delivered_at',
  'attempted',
  'lease_holder',
  'lease_until',
] as const;
/** Only the columns to write. */
export type DeliveryChanges = Readonly<Partial<Record<(typeof DELIVERY_COLUMNS)[number], SqlValue>>>;

export const PAUSE_COLUMNS = ['shop', 'paused_at', 'paused_by', 'reason', 'ends_at', 'ended_at', 'ended_by'] as const;

export const DAEMON_COLUMNS = ['shop', 'daemon', 'seen_at', 'report'] as const;
