import { z } from 'zod';
import type { SqlValue } from './columns.ts';
import { flag, instant } from './records.ts';

/** A row of the deliveries, locked, with the database's clock. */
export const deliveryRow = z.object({
  delivered_revision: z.number().nullable(),
  erp_id: z.string().nullable(),
  delivered_document: z.string().nullable(),
  attempted: flag,
  lease_holder: z.string().nullable(),
  lease_until: instant.nullable(),
  now: instant,
});
export type DeliveryRow = z.output<typeof deliveryRow>;

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

export function after(now: string, ms: number): Date {
  return new Date(Date.parse(now) + ms);
}
