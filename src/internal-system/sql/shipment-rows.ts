import { z } from 'zod';
import type { EnteredShipment, ShipmentRecord } from '../shipment-store.ts';
import { SHIPMENT_STATES } from '../shipment-store.ts';
import type { Row } from './columns.ts';
import { instant } from './records.ts';
import type { SqlQuery } from './sql-database.ts';

/** The rows of `order_shipments`: the same columns in every database (see each schema.ts). */

const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);

/** MariaDB and SQLite keep JSON as text. What can't be read stays text, and is refused with everything else that is entered. */
const json = z.unknown().transform((value) => {
  if (typeof value !== 'string') return value ?? null;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
});

const recordRow = z.object({
  order_number: z.string(),
  shipment_id: z.string(),
  carrier: z.string().nullable(),
  tracking_number: z.string().nullable(),
  tracking_url: z.string().nullable(),
  shipped_at: z.union([instant, z.string()]),
  items: json,
  state: z.enum(SHIPMENT_STATES).catch('new'),
  pending: flag,
  reported_at: instant.nullable(),
  note: z.string().nullable(),
  error: z.string().nullable(),
});

export const RECORD_COLUMNS = Object.keys(recordRow.shape).join(', ');

const MANY = 500;

/** Those of these orders, oldest first. Of one or of many: so a database that caches statements caches two. */
export function shipmentsOf(table: string, shop: string, orderNumbers: readonly string[]): SqlQuery {
  const [first = ''] = orderNumbers;
  const length = orderNumbers.length > 1 ? Math.max(orderNumbers.length, MANY) : 1;
  const padded = Array.from({ length }, (_, index) => orderNumbers[index] ?? first);
  return {
    sql: `SELECT ${RECORD_COLUMNS} FROM ${table}
           WHERE shop = ? AND order_number IN (${padded.map(() => '?').join(', ')}) ORDER BY created_at, shipment_id`,
    values: [shop, ...padded],
  };
}

export function shipmentRecord(raw: Row): ShipmentRecord {
  const row = recordRow.parse(raw);
  return {
    orderNumber: row.order_number,
    shipmentId: row.shipment_id,
    carrier: row.carrier,
    trackingNumber: row.tracking_number,
    trackingUrl: row.tracking_url,
    shippedAt: row.shipped_at,
    items: row.items,
    state: row.state,
    isPending: row.pending,
    reportedAt: row.reported_at,
    note: row.note,
    error: row.error,
  };
}

export function enteredShipment(record: ShipmentRecord, shopOrderId: string | null): EnteredShipment {
  const { orderNumber, shipmentId, carrier, trackingNumber, trackingUrl, shippedAt, items } = record;
  return { orderNumber, shopOrderId, shipmentId, carrier, trackingNumber, trackingUrl, shippedAt, lines: items };
}

export const readRow = z
  .object({ order_number: z.string(), shipment_id: z.string(), content: z.string() })
  .transform(({ order_number: orderNumber, shipment_id: shipmentId, content }) => ({
    orderNumber,
    shipmentId,
    content,
  }));

export const leaseRow = z.object({
  content: z.string(),
  reported_content: z.string().nullable(),
  lease_holder: z.string().nullable(),
});

export const orderRow = z
  .object({ shop_order_id: z.string(), status: z.string(), document: z.string() })
  .transform(({ shop_order_id: shopOrderId, status, document }) => ({ shopOrderId, status, document }));
