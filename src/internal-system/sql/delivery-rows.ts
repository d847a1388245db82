import { z } from 'zod';
import { flag, instant } from './records.ts';

/** A row of the deliveries, locked, with the database's clock. */
export const deliveryRow = z.object({
  delivered_revision: z.number().nullable(),
  erp_id: z.string().nullable(),
  /** Some drivers parse it. */
  delivered_document: z.unknown(),
  attempted: flag,
  lease_holder: z.string().nullable(),
  lease_until: instant.nullable(),
  now: instant,
});
export type DeliveryRow = z.output<typeof deliveryRow>;

export function after(now: string, ms: number): Date {
  return new Date(Date.parse(now) + ms);
}
