import { z } from 'zod';
import { expectation } from './fields.ts';
import { instant } from './instant.ts';
import { quantity } from './money.ts';
import { describeIssues } from './order.ts';
import { isOrderReference, ORDER_REFERENCE_RULE } from './order-reference.ts';

/** What left the warehouse: a parcel, or several under one name. An order may have many. */
export interface Shipment {
  readonly orderNumber: string;
  /** Null if only the number is known. */
  readonly shopOrderId: string | null;
  /** The internal system's own name for it: the same id again is a correction, another one is another parcel. */
  readonly shipmentId: string;
  /** As the warehouse calls it: "SF Express", "dhl". */
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly trackingUrl: string | null;
  /** UTC with milliseconds. */
  readonly shippedAt: string;
  /** Null: all that is left to be shipped. */
  readonly lines: readonly ShipmentLine[] | null;
}

/** Names a line of the order by its id or its SKU. */
export interface ShipmentLine {
  readonly lineId: string | null;
  readonly sku: string | null;
  readonly quantity: number;
}

const reference = z
  .union([z.string().trim(), z.int().transform(String)], {
    error: ({ input }) => expectation(`${ORDER_REFERENCE_RULE}, such as "10086"`, input),
  })
  .refine(isOrderReference, `expected ${ORDER_REFERENCE_RULE}, such as "10086"`);

/** One visible line; an empty one says nothing. */
function optionalLine(longest: number) {
  return z
    .union([z.string(), z.number().transform(String)])
    .nullish()
    .transform((value) => value?.trim() || null)
    .refine((value) => value === null || (value.length <= longest && !CONTROL.test(value)), {
      error: `expected null or one line of at most ${longest} characters`,
    });
}

const CONTROL = /\p{Cc}/u;

const trackingUrl = optionalLine(1_000).refine(
  (value) => value === null || (/^https?:\/\//i.test(value) && URL.canParse(value)),
  'expected null or an address that begins with http:// or https://',
);

const shipmentLine = z
  .strictObject({
    lineId: optionalLine(255),
    sku: optionalLine(255),
    quantity: quantity.refine((value) => value > 0, 'expected more than 0'),
  })
  .refine(({ lineId, sku }) => lineId !== null || sku !== null, 'expected lineId or sku');

/** As staff, the ERP or a program record it. */
export const shipmentSchema = z.strictObject({
  orderNumber: reference,
  shopOrderId: reference.nullish().transform((value) => value ?? null),
  shipmentId: reference,
  carrier: optionalLine(255),
  trackingNumber: optionalLine(255),
  trackingUrl,
  shippedAt: instant,
  lines: z
    .array(shipmentLine)
    .min(1, 'expected null for everything, or at least one line')
    .max(1_000)
    .nullish()
    .transform((value) => value ?? null),
});

/** @returns the shipment, or one sentence naming what is wrong (never the values). */
export function parseShipment(value: unknown): { shipment: Shipment } | { problem: string } {
  const parsed = shipmentSchema.safeParse(value);
  return parsed.success ? { shipment: parsed.data } : { problem: describeIssues(parsed.error.issues) };
}
