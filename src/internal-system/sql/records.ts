import { z } from 'zod';
import { EVENT_TYPES } from '../../messages/order-event.ts';
import { amountText } from '../../orders/money.ts';
import { ORDER_STATUSES } from '../../orders/order.ts';
import { openConflicts } from '../conflicts.ts';
import { LEDGER_STATES, type OrderRecord, type StoredOrder } from '../ledger.ts';
import type { StoredVersion } from '../newest-wins.ts';
import type { Row } from './columns.ts';
import { referenceOf } from './ledger-keys.ts';

/** Rows read back, in the types of any driver: times as Date or ISO text, flags as boolean or 0 and 1. */
export const instant = z
  .union([z.date(), z.iso.datetime().transform((text) => new Date(text))])
  .transform((date) => date.toISOString());
export const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);

/** A status that staff wrote by hand counts as the earliest, so that every snapshot may correct it. */
export const orderStatus = z.enum(ORDER_STATUSES).catch('pending');

const versionRow = z.object({
  order_number: z.string(),
  shop_order_id: z.string(),
  updated_at: instant,
  status: orderStatus,
  fetched_at: instant,
  content_hash: z.string(),
  revision: z.number(),
  fulfilment_status: z.string(),
  cancel_conflict: flag,
  conflicts: z.string().nullable(),
  conflict_at: instant.nullable(),
  forgotten_at: instant.nullable(),
});

export const VERSION_COLUMNS = Object.keys(versionRow.shape);

/** Locked rows → the stored versions by order number. */
export function storedVersions(rows: readonly Row[]): Map<string, StoredVersion> {
  return new Map(
    rows.map((raw) => {
      const row = versionRow.parse(raw);
      const conflicts = openConflicts(row.cancel_conflict, row.conflicts);
      const version = {
        orderNumber: row.order_number,
        shopOrderId: row.shop_order_id,
        updatedAt: row.updated_at,
        status: row.status,
        fetchedAt: row.fetched_at,
        contentHash: row.content_hash,
        revision: row.revision,
        fulfilmentStatus: row.fulfilment_status,
        conflicts,
        conflictAt: conflicts.length === 0 ? null : row.conflict_at,
        isForgotten: row.forgotten_at !== null,
      };
      return [row.order_number, version];
    }),
  );
}

const storedPart = z.object({
  is_stored: flag.pipe(z.literal(true)),
  status: z.string(),
  currency: z.string(),
  grand_total: z.string(),
  placed_at: instant,
  paid_at: instant.nullable(),
  cancelled_at: instant.nullable(),
  order_updated_at: instant,
  fulfilment_status: z.string(),
  cancel_conflict: flag,
  conflicts: z.string().nullable(),
  conflict_at: instant.nullable(),
  forgotten_at: instant.nullable(),
  totals_mismatch: flag,
  line_count: z.coerce.number(),
  document: z.string(),
});

const erpPart = z.object({
  has_erp: flag.pipe(z.literal(true)),
  revision: z.number(),
  delivered_revision: z.number().nullable(),
  erp_id: z.string().nullable(),
  delivered_at: instant.nullable(),
  note: z.string().nullable(),
  attempted: flag,
});

const recordRow = z.object({
  reference: z.string(),
  order_number: z.string().nullable(),
  shop_order_id: z.string().nullable(),
  state: z.enum(LEDGER_STATES),
  attempts: z.coerce.number(),
  last_event: z.enum(EVENT_TYPES),
  last_error: z.string().nullable(),
  received_at: instant,
  ledger_fetched_at: instant.nullable(),
  ledger_synced_at: instant.nullable(),
  is_stored: flag,
});

const touchedRow = z.object({ touched_at: instant });

/** When anything was last noted of it. */
export function touchedAt(row: Row): string {
  return touchedRow.parse(row).touched_at;
}

/** A row of one of the queries in `queries.ts` → everything known of the order. */
export function orderRecord(row: Row): OrderRecord {
  const ledger = recordRow.parse(row);
  return {
    reference: referenceOf(ledger.reference),
    orderNumber: ledger.order_number,
    shopOrderId: ledger.shop_order_id,
    state: ledger.state,
    attempts: ledger.attempts,
    lastEvent: ledger.last_event,
    lastError: ledger.last_error,
    receivedAt: ledger.received_at,
    fetchedAt: ledger.ledger_fetched_at,
    syncedAt: ledger.ledger_synced_at,
    notedAt: touchedAt(row),
    stored: ledger.is_stored ? storedOrder(row) : null,
  };
}

function storedOrder(row: Row): OrderRecord['stored'] {
  const order = storedPart.parse(row);
  return {
    status: order.status,
    currency: order.currency,
    grandTotal: amountText(order.grand_total, order.currency),
    placedAt: order.placed_at,
    paidAt: order.paid_at,
    cancelledAt: order.cancelled_at,
    updatedAt: order.order_updated_at,
    fulfilmentStatus: order.fulfilment_status,
    cancelConflict: order.cancel_conflict,
    conflicts: openConflicts(order.cancel_conflict, order.conflicts),
    conflictAt: order.cancel_conflict ? order.conflict_at : null,
    forgottenAt: order.forgotten_at,
    totalsMismatch: order.totals_mismatch,
    lines: order.line_count,
    ...erpOf(row),
    document: order.document,
  };
}

function erpOf(row: Row): Pick<StoredOrder, 'erp'> {
  const { success, data } = erpPart.safeParse(row);
  if (!success) return {};
  return {
    erp: {
      id: data.erp_id,
      revision: data.revision,
      deliveredRevision: data.delivered_revision,
      deliveredAt: data.delivered_at,
      note: data.note,
      isUncertain: data.attempted,
    },
  };
}
