import type { Order, OrderStatus } from '../orders/order.ts';

/** Which of the shop's past orders come in, and as what. */
export interface ImportPlan {
  /** Orders placed at this time or later. */
  readonly since: Date;
  /** Orders placed before this time; absent: all. */
  readonly until?: Date | undefined;
  /** The fulfilment status of an order that is over. */
  readonly fulfilment: string;
  /** Orders that are open in the shop and were placed before this time were shipped long ago. */
  readonly shippedBefore?: Date | undefined;
  /** When the import began. */
  readonly begunAt: Date;
}

/** How an order is written: `open` ones are the warehouse's to ship. */
export type ImportedAs = 'open' | 'over';

/**
 * - `outside`: not placed within the time of the import
 * - `undecided`: open in the shop, but so old that nobody could say whether the warehouse has yet to ship it
 */
export type Decision = ImportedAs | 'outside' | 'undecided';

/** Nobody has to ship these any more. */
export const OVER: readonly OrderStatus[] = ['completed', 'refunded', 'cancelled'];

/** An order that was paid longer ago than this has probably been shipped, whatever the shop says. */
const UNDECIDED_AFTER_MS = 30 * 24 * 3_600_000;

export function decide({ status, placedAt }: Pick<Order, 'status' | 'placedAt'>, plan: ImportPlan): Decision {
  const at = Date.parse(placedAt);
  if (at < plan.since.getTime() || isPast(at, plan)) return 'outside';
  if (OVER.includes(status)) return 'over';
  if (plan.shippedBefore !== undefined) return at < plan.shippedBefore.getTime() ? 'over' : 'open';
  return at < undecidedBefore(plan).getTime() ? 'undecided' : 'open';
}

/** Before this time, open orders need a decision, if there is none. */
export function undecidedBefore({ begunAt }: Pick<ImportPlan, 'begunAt'>): Date {
  return new Date(begunAt.getTime() - UNDECIDED_AFTER_MS);
}

/** @param at in ms since the epoch */
export function isPast(at: number, { until }: Pick<ImportPlan, 'until'>): boolean {
  return until !== undefined && at >= until.getTime();
}
