import type { Delivery } from '../broker/delivery.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { Snapshot, WrittenResult } from '../internal-system/internal-system.ts';
import type { OrderDeliverer } from '../internal-system/order-deliverer.ts';
import type { OrderWriter } from '../internal-system/order-writer.ts';
import { decodeOrderEvent, eventOfOneOrder, namesSeveral } from '../messages/decode/decode-event.ts';
import type { OrderEvent } from '../messages/order-event.ts';
import type { OrderFetcher } from '../shop/order-fetcher.ts';
import { inSpan } from '../spans.ts';
import { withTrace } from '../trace-context.ts';
import { Attempt } from './attempt.ts';
import { checkAgainstStored, checkAnnounced, checkIsRequested } from './check-order.ts';
import type { OutageDetector } from './outage-detector.ts';
import type { Settled, SyncResult } from './outcome.ts';
import type { Settler } from './settle.ts';

/** What a delivery passes through. */
export interface Pipeline {
  readonly fetcher: OrderFetcher;
  readonly writer: OrderWriter;
  /** Set where the internal system is an ERP behind a ledger, which the writer writes to. */
  readonly deliverer: OrderDeliverer | undefined;
  readonly outages: OutageDetector;
  readonly settler: Settler;
}

/**
 * One delivery, from start to end: decode → fetch → write → (deliver) → check → settle.
 *
 * Each step before `settle` succeeds or throws a SyncError that says what kind of failure it is. A crash at any point leaves
 * the delivery unsettled: the broker delivers it again, and doing everything again changes nothing that is right.
 *
 * @param isCanary it probes whether an outage is over
 */
export async function processDelivery(delivery: Delivery, isCanary: boolean, pipeline: Pipeline): Promise<Settled> {
  const { fetcher, settler } = pipeline;
  const attempt = new Attempt(delivery, settler.maxFailures);
  try {
    const event = decodeOrderEvent(delivery, fetcher.fetchesBy);
    if (namesSeveral(event)) return attempt.end(await settler.split(delivery, attempt, event, isCanary));
    attempt.event = event;
    const result = await withTrace(attempt.trace, () => syncOrder(event, attempt, pipeline));
    attempt.begin('settle');
    return attempt.end(await settler.succeeded(delivery, attempt, result, isCanary));
  } catch (error) {
    attempt.begin('settle');
    return attempt.end(await settler.failed(delivery, attempt, asSyncError(error), isCanary));
  }
}

/** What the shop shows is written, and delivered, in any case. Whether it is all that the event announced is the last question. */
async function syncOrder(event: OrderEvent, attempt: Attempt, pipeline: Pipeline): Promise<SyncResult> {
  const { fetcher, writer, outages } = pipeline;
  let seen: string | undefined;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    attempt.begin('fetch');
    const { order, fetchedAt } = await inSpan('fetch', () =>
      outages.watch('shop', (isAlone) => fetcher.fetch(event.reference, isAlone)),
    );
    attempt.order = order;
    outages.recordSuccess('shop');
    checkIsRequested(order, event.reference);
    attempt.begin('write');
    attempt.writtenAt = Date.now();
    const snapshot = { order, fetchedAt, eventInfo: attempt.eventInfo(event), seen };
    const result = await inSpan('write', () =>
      outages.watch('internal-system', (isAlone) => writer.write(snapshot, isAlone)),
    );
    attempt.written = result;
    outages.recordSuccess('internal-system');
    checkAgainstStored(order, result, seen);
    const decided = decidedBy(result, seen !== undefined);
    if (decided !== undefined) {
      const isNews = pipeline.deliverer !== undefined && (await deliverOrder(snapshot, attempt, pipeline));
      checkAnnounced(order, event, result);
      return isNews ? { ...decided, outcome: 'synced' } : decided;
    }
    // Whatever the shop shows from now on should be no older than what is stored: fetch again.
    seen = result.stored;
  }
  throw new SyncError('write_failed', `Others kept writing the same order, ${MAX_ROUNDS} times in a row.`);
}

/** @returns whether the ERP got anything by this: an earlier delivery may have stored the order and got no further */
async function deliverOrder(snapshot: Snapshot, attempt: Attempt, { deliverer, outages }: Pipeline): Promise<boolean> {
  if (deliverer === undefined) return false;
  attempt.begin('deliver');
  const delivered = await inSpan('deliver', () =>
    outages.watch('internal-system', (isAlone) => deliverer.deliver(snapshot, isAlone)),
  );
  attempt.delivered = delivered;
  outages.recordSuccess('internal-system');
  return delivered.outcome === 'delivered';
}

/** @returns undefined if the order must be fetched again: only that shows whether the stored version is the newest */
function decidedBy({ outcome, stored }: WrittenResult, isFetchedAgain: boolean): SyncResult | undefined {
  if (outcome === 'synced') return { outcome, mayLag: isFetchedAgain };
  if (outcome === 'tied' || (outcome === 'stale' && stored !== undefined)) return undefined;
  return { outcome: isFetchedAgain ? 'stale' : outcome, mayLag: true };
}

/** What is fetched again takes two rounds, unless another writer gets in between. */
const MAX_ROUNDS = 5;

/** Returns to the queue what was not processed to the end. */
export function interruptDelivery(delivery: Delivery, why: string, pipeline: Pipeline): Settled {
  return decodedAttempt(delivery, pipeline).end(pipeline.settler.interrupted(delivery, why));
}

/** Counts an attempt of a delivery that was being processed when the process crashed: it may be the cause. */
export async function crashDelivery(delivery: Delivery, pipeline: Pipeline): Promise<Settled> {
  const error = new SyncError('crashed', 'The daemon crashed while it worked on this event (its log has the bug).');
  const attempt = decodedAttempt(delivery, pipeline);
  return attempt.end(await pipeline.settler.failed(delivery, attempt, error, false));
}

/** Only ledger and log want the order's number here. */
function decodedAttempt(delivery: Delivery, { fetcher, settler }: Pipeline): Attempt {
  const attempt = new Attempt(delivery, settler.maxFailures);
  attempt.event = eventOfOneOrder(delivery, fetcher.fetchesBy);
  return attempt;
}
