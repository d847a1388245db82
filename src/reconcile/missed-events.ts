import type { KnownOrder } from '../internal-system/reconciliation-store.ts';
import { nameToFetch } from '../shop/order-stub.ts';
import type { OrderStub } from '../shop/shop-client.ts';
import type { Discrepancy } from './comparison.ts';
import { knownEvent } from './known-event.ts';
import type { Finding } from './report.ts';
import type { ScanContext } from './scan/scan-context.ts';

/** An order in which the internal system is behind the shop. */
export interface BehindOrder {
  readonly stub: OrderStub;
  readonly discrepancy: Discrepancy;
  readonly known: KnownOrder;
}

/**
 * Publishes an event for each of these orders, unless its last one is being retried or needs a person. Reports all of them.
 *
 * @throws what `publish` throws, once every other event has been confirmed or has failed too
 */
export async function publishMissedEvents(orders: readonly BehindOrder[], context: ScanContext): Promise<Finding[]> {
  const results = await Promise.allSettled(orders.map((order) => published(order, context)));
  for (const result of results) if (result.status === 'fulfilled') await context.report.add(result.value);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** If another order is stored under its number, only the id says which one is meant. */
function referenceOf({ stub, discrepancy, known }: BehindOrder, { fetchesBy }: ScanContext): string {
  const isNumberTaken = discrepancy === 'missing' && known.stored !== undefined;
  return nameToFetch(stub, isNumberTaken ? 'shopOrderId' : fetchesBy);
}

async function published(order: BehindOrder, context: ScanContext): Promise<Finding> {
  const { stub, discrepancy, known } = order;
  const { orderNumber, status, updatedAt } = stub;
  const event = knownEvent(known.lastEvent, updatedAt, context.eventClock) ?? 'not-published';
  const finding: Finding = { orderNumber, status, updatedAt, problem: discrepancy, event };
  if (event !== 'not-published' || context.publish === undefined) return finding;
  await context.publish(referenceOf(order, context));
  return { ...finding, event: 'published' };
}
