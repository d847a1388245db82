import { z } from 'zod';
import { OUTCOMES } from '../../../delivery/outcome.ts';
import { FAILURE_REASONS } from '../../../errors.ts';
import { isOrderReference } from '../../../orders/order-reference.ts';
import type { DeliveryEvent } from '../messages.ts';

/** That many fit into the head of a request. */
export const MAX_ORDERS_IN_FILTER = 50;

/** Strict: a mistyped parameter must not count as no filter. */
export const filterSchema = z.strictObject({
  order: z.array(z.string().refine(isOrderReference, 'not an order number')).max(MAX_ORDERS_IN_FILTER).optional(),
  outcome: z.array(z.enum(OUTCOMES)).optional(),
  reason: z.array(z.enum(FAILURE_REASONS)).optional(),
});

/** Which deliveries a client wants: of these orders, with one of these outcomes, for one of these reasons. */
export type DeliveryFilter = z.infer<typeof filterSchema>;

/** As a query: `order=10086&order=10087&outcome=synced`. */
export function filterQuery({ order = [], outcome = [], reason = [] }: DeliveryFilter): URLSearchParams {
  return new URLSearchParams(
    Object.entries({ order, outcome, reason }).flatMap(([name, values]) => values.map((value) => [name, value])),
  );
}

/** The reverse, for `filterSchema` to check. */
export function parametersOf(query: URLSearchParams): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name)]));
}

export function fits({ order, shopOrderId, outcome, reason }: DeliveryEvent, filter: DeliveryFilter): boolean {
  const isWanted = isAmong(order, filter.order) || isAmong(shopOrderId, filter.order);
  return isWanted && isAmong(outcome, filter.outcome) && isAmong(reason, filter.reason);
}

function isAmong(value: string | null | undefined, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || (value != null && wanted.includes(value));
}
