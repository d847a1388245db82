import { z } from 'zod';
import { ORDER_STATUSES } from '../orders/order.ts';
import type { AckedOrder } from './acked-order.ts';

/** Of one version: another ack of the order makes it another one. */
export interface RememberedOrder extends AckedOrder {
  /** Grows with each ack. */
  readonly seq: number;
  /** When the database turned out not to hold it any more; null: it has held it so far. */
  readonly forgottenAt: number | null;
  /** When an event for it was confirmed by the broker. */
  readonly askedAt: number | null;
}

/** What is being made good. */
export interface Loss {
  /** Orders that the database forgot; 0: none, or all are accounted for. */
  readonly orders: number;
  /** Of these: the events ended in the dead letters. */
  readonly failed: number;
  /** The shop's changes since then have yet to be compared; null: they need not, or were. */
  readonly walkFrom: number | null;
}

export const NO_LOSS: Loss = { orders: 0, failed: 0, walkFrom: null };

const orderRow = z
  .object({
    seq: z.number(),
    shop_order_id: z.string(),
    order_number: z.string(),
    status: z.enum(ORDER_STATUSES),
    updated_at: z.string(),
    content_hash: z.string(),
    written_at: z.number(),
    acked_at: z.number(),
    forgotten_at: z.number().nullable(),
    asked_at: z.number().nullable(),
  })
  .transform(
    (row): RememberedOrder => ({
      seq: row.seq,
      shopOrderId: row.shop_order_id,
      orderNumber: row.order_number,
      status: row.status,
      updatedAt: row.updated_at,
      contentHash: row.content_hash,
      writtenAt: row.written_at,
      ackedAt: row.acked_at,
      forgottenAt: row.forgotten_at,
      askedAt: row.asked_at,
    }),
  );

const lossRow = z.object({ orders: z.number(), failed: z.number(), walk_from: z.number().nullable() });

export function rememberedOrder(row: unknown): RememberedOrder {
  return orderRow.parse(row);
}

export function lossOf(row: unknown): Loss {
  const { orders, failed, walk_from: walkFrom } = lossRow.parse(row);
  return { orders, failed, walkFrom };
}
