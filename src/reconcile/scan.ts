import type { KnownOrder, ReconciliationStore } from '../internal-system/reconciliation-store.ts';
import type { OrderStub } from '../shop/shop-client.ts';
import { type Discrepancy, type EventClock, eventUnderWay } from './comparison.ts';
import type { Grace } from './grace.ts';
import type { Finding, Report } from './report.ts';

/** What both scans work with. */
export interface Scan {
  readonly list: (since: Date, signal: AbortSignal) => AsyncIterable<OrderStub>;
  readonly store: ReconciliationStore;
  readonly grace: Grace;
  readonly eventClock: EventClock;
  /** Resolves when the broker has confirmed the event. Undefined when the scan only looks. */
  readonly publish: ((orderNumber: string) => Promise<void>) | undefined;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** An order that lacks something, and what is known of it. */
export interface Candidate {
  readonly stub: OrderStub;
  readonly discrepancy: Discrepancy;
  readonly lastEvent: KnownOrder['lastEvent'];
}

/** Compared at a time. So many events are at most unconfirmed, and so many orders in memory. */
export const BATCH = 200;

/**
 * Publishes an event for each of these orders that has none under way, and reports all of them.
 *
 * @throws whatever `publish` does, once all others are confirmed or have failed too
 */
export async function publishEvents(candidates: readonly Candidate[], scan: Scan): Promise<Finding[]> {
  const findings = candidates.map(({ stub, discrepancy, lastEvent }): Finding => {
    const event = eventUnderWay(lastEvent, stub.updatedAt, scan.eventClock) ?? 'not-published';
    return {
      orderNumber: stub.orderNumber,
      status: stub.status,
      updatedAt: stub.updatedAt,
      problem: discrepancy,
      event,
    };
  });
  const results = await Promise.allSettled(findings.map((finding) => published(finding, scan)));
  for (const result of results) if (result.status === 'fulfilled') await scan.report.add(result.value);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function published(finding: Finding, { publish }: Scan): Promise<Finding> {
  if (finding.event !== 'not-published' || publish === undefined) return finding;
  await publish(finding.orderNumber);
  return { ...finding, event: 'published' };
}

/** As they come, `size` at a time; the last ones may be fewer. */
export async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
