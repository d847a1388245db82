import Big from 'big.js';
import type { Order } from '../../orders/order.ts';
import { totalsAddUp } from '../../orders/totals.ts';
import { conflictsText } from '../conflicts.ts';
import type { Snapshot } from '../internal-system.ts';
import { type LedgerFailure, type LedgerState, ledgerError } from '../ledger.ts';
import { storable, type Version } from '../newest-wins.ts';
import type { LedgerRow, LineRow, OrderRow } from './columns.ts';
import { failureKey } from './ledger-keys.ts';

const LEDGER_SYNCED: LedgerState = 'synced';
const LEDGER_UNDELIVERED: LedgerState = 'undelivered';
const MAX_ERROR_LENGTH = 2000;

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
    buyer_name: storable(order.buyer?.name ?? null),
    fulfilment_status: version.fulfilmentStatus,
    cancel_conflict: version.conflicts.length > 0,
    conflicts: conflictsText(version.conflicts),
    conflict_at: version.conflicts.length === 0 ? null : (version.conflictAt ?? syncedAt),
    totals_mismatch: !totalsAddUp(order),
    content_hash: version.contentHash,
    revision: version.revision,
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

/** Plain digits, as databases take no exponents in exact decimals; without the noise of floats after the twelfth place. */
export function quantityText(quantity: number): string {
  return Number.isSafeInteger(quantity) ? String(quantity) : new Big(quantity).round(12).toFixed();
}

/** An order is kept under its number, whatever the event called it. */
export function syncedLedgerRow(
  shop: string,
  orderNumber: string,
  { order, fetchedAt, eventInfo }: Snapshot,
  syncedAt: string,
): LedgerRow {
  return {
    shop,
    reference: orderNumber,
    order_number: orderNumber,
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

/** The same until the ERP has got it. */
export function undeliveredLedgerRow(shop: string, orderNumber: string, snapshot: Snapshot, now: string): LedgerRow {
  return { ...syncedLedgerRow(shop, orderNumber, snapshot, now), state: LEDGER_UNDELIVERED, synced_at: null };
}

export function failedLedgerRow(shop: string, failure: LedgerFailure): LedgerRow {
  const { eventInfo, order } = failure;
  return {
    shop,
    reference: failureKey(eventInfo.reference),
    order_number: order?.orderNumber ?? null,
    shop_order_id: order?.shopOrderId ?? null,
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
