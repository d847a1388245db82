import { type Amount, isAtLeast, isPositive } from '../../orders/amounts.ts';
import type { OrderStatus } from '../../orders/order.ts';

/** What a shop says about an order, in facts that are independent of each other. What it does not say is left out. */
export interface OrderFacts {
  /** Called off: nothing is to be shipped, whatever was paid. */
  readonly cancelled?: boolean;
  /** Everything has left the warehouse, or there is nothing to ship any more. */
  readonly shipped?: boolean;
  /** Paid, but not to be shipped yet: on hold, or the payment is under review. */
  readonly onHold?: boolean;
  /** The shop's own word on whether it is paid, if it has one: then amounts do not count. */
  readonly paid?: boolean;
  /** What the order costs. */
  readonly total?: Amount;
  /** What is still to be paid. */
  readonly due?: Amount;
  /** What has been paid: captured, not merely authorised. */
  readonly captured?: Amount;
  /** What has been paid back; or whether it is all of it. */
  readonly refunded?: Amount | boolean;
}

/**
 * The facts → the one state that the warehouse needs. The first that fits:
 *
 * 1. `cancelled`: called off
 * 2. `refunded`: something was paid back, and it was all of it
 * 3. `completed`: shipped, paid or on account
 * 4. `pending`: not paid. An order over 0 is paid; one of which nothing is known but its total is not
 * 5. `on_hold`: paid, not to be shipped yet
 * 6. `paid`: pick and ship it
 */
export function statusOf(facts: OrderFacts): OrderStatus {
  if (facts.cancelled === true) return 'cancelled';
  if (isRefunded(facts)) return 'refunded';
  if (facts.shipped === true) return 'completed';
  if (!isPaid(facts)) return 'pending';
  return facts.onHold === true ? 'on_hold' : 'paid';
}

function isRefunded({ refunded, captured, total }: OrderFacts): boolean {
  if (typeof refunded === 'boolean') return refunded;
  return isPositive(refunded) && isAtLeast(refunded, captured ?? total);
}

function isPaid({ paid, total, due, captured }: OrderFacts): boolean {
  if (paid !== undefined) return paid;
  if (due !== undefined && due !== null) return !isPositive(due);
  if (captured !== undefined && captured !== null) return isAtLeast(captured, total);
  return total !== undefined && !isPositive(total);
}
