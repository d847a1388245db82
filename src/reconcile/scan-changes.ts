import { SyncError } from '../errors.ts';
import type { OrderStub } from '../shop/shop-client.ts';
import { compareStub } from './comparison.ts';
import type { GracePeriod } from './grace-period.ts';
import { type BehindOrder, publishMissedEvents } from './missed-events.ts';
import type { Finding } from './report.ts';
import { BATCH_SIZE, inBatches, type ScanContext } from './scan-context.ts';

/**
 * How far before its cursor a scan starts. A change that took the shop this long to commit appears in the list among
 * changes that were read earlier.
 */
export const OVERLAP_MS = 600_000;

/**
 * Scans the shop's changes, oldest first: compare → publish → move the cursor.
 *
 * Everything up to the cursor was compared, and the broker has confirmed the events for it. The cursor never passes a change
 * that must be looked at again: one made moments ago, or one whose event is being retried. It is saved after each batch, so
 * the next scan continues where an interrupted one stopped.
 *
 * @param save stores how far the scan has got
 */
export async function scanChanges(
  since: Date,
  context: ScanContext,
  save: (position: Position) => Promise<void>,
): Promise<void> {
  const position = new Position(since, context.grace);
  await save(position);
  for await (const stubs of inBatches(context.list(since, context.signal), BATCH_SIZE)) {
    const due = stubs.filter(({ updatedAt }) => context.grace.isOver(updatedAt));
    const findings = await compare(due, context);
    context.report.skipped('underWay', stubs.length - due.length);
    position.advance(stubs, due, findings);
    await save(position);
  }
}

async function compare(stubs: readonly OrderStub[], context: ScanContext): Promise<Finding[]> {
  const known = await context.store.knownOrders(stubs.map(({ orderNumber }) => orderNumber));
  const behind: BehindOrder[] = [];
  let carts = 0;
  for (const stub of stubs) {
    const { stored, lastEvent } = known.get(stub.orderNumber) ?? { stored: undefined, lastEvent: undefined };
    const comparison = compareStub(stub, stored);
    if (comparison === 'cart') carts += 1;
    else if (comparison !== 'agrees') behind.push({ stub, discrepancy: comparison, lastEvent });
  }
  const findings = await publishMissedEvents(behind, context);
  context.report.skipped('carts', carts);
  context.report.compared(stubs.length - carts);
  return findings;
}

/** How far a scan has got, by the shop's clock. */
export class Position {
  #newestListedMs: number | undefined;
  #comparedMs: number;
  /** The cursor must not pass this: the grace period, nor the oldest change whose event is being retried. */
  #limitMs: number;

  constructor(since: Date, grace: GracePeriod) {
    this.#comparedMs = since.getTime();
    this.#limitMs = Date.parse(grace.overUntil);
  }

  get cursor(): string {
    return new Date(Math.min(this.#comparedMs, this.#limitMs)).toISOString();
  }

  /** Null if nothing was listed. */
  get newestListed(): string | null {
    return this.#newestListedMs === undefined ? null : new Date(this.#newestListedMs).toISOString();
  }

  /**
   * @param due those of the stubs that are past the grace period
   * @throws SyncError `shop_bad_reply` if the list jumps back further than the next scan would
   */
  advance(stubs: readonly OrderStub[], due: readonly OrderStub[], findings: readonly Finding[]): void {
    const retrying = findings.filter(({ event }) => event === 'retrying');
    for (const ms of changesOf(stubs)) this.#newestListedMs = Math.max(ms, this.#newestListedMs ?? ms);
    this.#limitMs = Math.min(this.#limitMs, ...changesOf(retrying));
    for (const ms of changesOf(due)) {
      if (ms < this.#comparedMs - OVERLAP_MS) {
        throw new SyncError(
          'shop_bad_reply',
          'The shop lists its changes out of order; expected the oldest change first.',
        );
      }
      this.#comparedMs = Math.max(ms, this.#comparedMs);
    }
  }
}

function changesOf(orders: readonly { readonly updatedAt: string }[]): number[] {
  return orders.map(({ updatedAt }) => Date.parse(updatedAt));
}
