import type { KnownOrder } from '../internal-system/reconciliation-store.ts';
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
  const findings = orders.map((order): Finding => {
    const { stub, discrepancy, known } = order;
    const lastEvent = isNumberTaken(order) ? undefined : known.lastEvent;
    const event = knownEvent(lastEvent, stub.updatedAt, context.eventClock) ?? 'not-published';
    return {
      orderNumber: stub.orderNumber,
      status: stub.status,
      updatedAt: stub.updatedAt,
      problem: discrepancy,
      event,
    };
  });
  const references = orders.map(referenceOf);
  const results = await Promise.allSettled(
    findings.map((finding, index) => published(finding, references[index] ?? finding.orderNumber, context)),
  );
  for (const result of results) if (result.status === 'fulfilled') await context.report.add(result.value);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** Another order is stored under its number: what is known is about that one. */
function isNumberTaken({ discrepancy, known }: BehindOrder): boolean {
  return discrepancy === 'missing' && known.stored !== undefined;
}

/** Of two orders with one number, only the id says which one is meant. */
function referenceOf(order: BehindOrder): string {
  const { orderNumber, shopOrderId = orderNumber } = order.stub;
  return isNumberTaken(order) ? shopOrderId : orderNumber;
}

async function published(finding: Finding, reference: string, { publish }: ScanContext): Promise<Finding> {
  if (finding.event !== 'not-published' || publish === undefined) return finding;
  await publish(reference);
  return { ...finding, event: 'published' };
}
