import Big from 'big.js';
import { type Order, totalsAddUp } from '../../orders/order.ts';
import { type LedgerFailure, type LedgerState, ledgerError, type Snapshot } from '../internal-system.ts';
import { storable, type Version } from '../newest-wins.ts';
import type { SqlValue } from './sql-database.ts';

/**
 * An order, its lines and its ledger row as columns: the same names in every database (see schema/). Columns named `…_at` hold
 * instants as ISO text, UTC with milliseconds.
 */

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
  'totals_mismatch',
  'content_hash',
  'fetched_at',
  'synced_at',
  'document',
] as const;
export type OrderColumn = (typeof ORDER_COLUMNS)[number];
export type OrderRow = Readonly<Record<OrderColumn, SqlValue>>;

/** What a newer version writes. `fulfilment_status` is the staff's: it is written when the row is made and never again. */
export const UPDATED_ORDER_COLUMNS = ORDER_COLUMNS.filter(
  (column) => !['shop', 'order_number', 'fulfilment_status'].includes(column),
);

/** What the same version writes when it was fetched again. */
export const REFETCHED_ORDER_COLUMNS: readonly OrderColumn[] = ['fetched_at'];

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

const LEDGER_SYNCED: LedgerState = 'synced';
const MAX_ERROR_LENGTH = 2000;

export const SYNCED_LEDGER_COLUMNS = LEDGER_COLUMNS.filter((column) => column !== 'shop' && column !== 'reference');

/** A failure says nothing of what was known before: which order this is, and when it was last synced. */
export const FAILED_LEDGER_COLUMNS = SYNCED_LEDGER_COLUMNS.filter(
  (column) => !['order_number', 'shop_order_id', 'fetched_at', 'synced_at'].includes(column),
);

export function orderRow(shop: string, version: Version, syncedAt: string): OrderRow {
  const { order } = version;
  return {
    shop,
    order_number: order.orderNumber,
    shop_order_id: order.shopOrderId,
    status: order.status,
    currency: order.currency,
    grand_total: order.totals.grand,
    items_total: order.totals.items,
    shipping_total: order.totals.shipping,
    tax_total: order.totals.tax,
    discount_total: order.totals.discount,
    refunded_total: order.totals.refunded,
    placed_at: order.placedAt,
    paid_at: order.paidAt,
    cancelled_at: order.cancelledAt,
    updated_at: order.updatedAt,
    buyer_name: storable(order.buyer.name),
    fulfilment_status: version.fulfilmentStatus,
    cancel_conflict: version.cancelConflict,
    totals_mismatch: !totalsAddUp(order),
    content_hash: version.contentHash,
    fetched_at: version.fetchedAt,
    synced_at: syncedAt,
    document: version.document,
  };
}

export function lineRows(shop: string, order: Order): LineRow[] {
  return order.lines.map((line, index) => ({
    shop,
    order_number: order.orderNumber,
    line_no: index + 1,
    line_id: storable(line.lineId),
    sku: storable(line.sku),
    name: storable(line.name),
    quantity: quantityText(line.quantity),
    unit_price: line.unitPrice,
    discount: line.discount,
    tax: line.tax,
    line_total: line.lineTotal,
  }));
}

/** Plain digits, as databases take no exponents for exact decimals; without the noise that floats carry behind the twelfth place. */
export function quantityText(quantity: number): string {
  return Number.isSafeInteger(quantity) ? String(quantity) : new Big(quantity).round(12).toFixed();
}

/** From now on the order is kept under its number, whatever name the event had for it. */
export function syncedLedgerRow(shop: string, { order, fetchedAt, eventInfo }: Snapshot, syncedAt: string): LedgerRow {
  return {
    shop,
    reference: order.orderNumber,
    order_number: order.orderNumber,
    shop_order_id: order.shopOrderId,
    state: LEDGER_SYNCED,
    attempts: eventInfo.attempt,
    last_event: eventInfo.event,
    last_error: null,
    received_at: eventInfo.receivedAt.toISOString(),
    fetched_at: fetchedAt.toISOString(),
    synced_at: syncedAt,
    updated_at: syncedAt,
  };
}

export function failedLedgerRow(shop: string, reference: string, failure: LedgerFailure): LedgerRow {
  const { eventInfo } = failure;
  return {
    shop,
    reference,
    order_number: null,
    shop_order_id: null,
    state: failure.state,
    attempts: eventInfo.attempt,
    last_event: eventInfo.event,
    last_error: storable(ledgerError(failure).slice(0, MAX_ERROR_LENGTH)),
    received_at: eventInfo.receivedAt.toISOString(),
    fetched_at: null,
    synced_at: null,
    updated_at: failure.failedAt.toISOString(),
  };
}
