import { SyncError } from '../errors.ts';
import type { OrderStub } from '../shop/shop-client.ts';
import { compareStub } from './comparison.ts';
import type { Grace } from './grace.ts';
import type { Finding } from './report.ts';
import { BATCH, type Candidate, inBatches, publishEvents, type Scan } from './scan.ts';

/**
 * So far back before its cursor each scan begins: a change that took the shop this long to commit stands in the list among
 * changes which had been read before.
 */
export const OVERLAP_MS = 600_000;

/**
 * Scans the shop's changes, oldest first: compare → publish → move the cursor.
 *
 * The cursor stands behind what was compared and whose events the broker has confirmed. It never passes a change that has
 * to be looked at again: one made a moment ago, or one whose event waits for its next attempt. It is saved after each batch,
 * so a scan that breaks off goes on from there.
 *
 * @param save writes how far the scan has come
 */
export async function scanChanges(since: Date, scan: Scan, save: (position: Position) => Promise<void>): Promise<void> {
  const position = new Position(since, scan.grace);
  await save(position);
  for await (const stubs of inBatches(scan.list(since, scan.signal), BATCH)) {
    const settled = stubs.filter(({ updatedAt }) => scan.grace.isOver(updatedAt));
    const findings = await compare(settled, scan);
    scan.report.skipped('underWay', stubs.length - settled.length);
    position.meet(stubs, settled, findings);
    await save(position);
  }
}

async function compare(stubs: readonly OrderStub[], scan: Scan): Promise<Finding[]> {
  const known = await scan.store.knownOrders(stubs.map(({ orderNumber }) => orderNumber));
  const candidates: Candidate[] = [];
  let carts = 0;
  for (const stub of stubs) {
    const { stored, lastEvent } = known.get(stub.orderNumber) ?? { stored: undefined, lastEvent: undefined };
    const comparison = compareStub(stub, stored);
    if (comparison === 'cart') carts += 1;
    else if (comparison !== 'agrees') candidates.push({ stub, discrepancy: comparison, lastEvent });
  }
  const findings = await publishEvents(candidates, scan);
  scan.report.skipped('carts', carts);
  scan.report.compared(stubs.length - carts);
  return findings;
}

/** How far a scan has come, by the shop's clock. */
export class Position {
  #newestListedMs: number | undefined;
  #comparedMs: number;
  /** What the cursor must not pass: the grace, and from the first one on, changes whose event is being retried. */
  #limitMs: number;

  constructor(since: Date, grace: Grace) {
    this.#comparedMs = since.getTime();
    this.#limitMs = Date.parse(grace.overUntil);
  }

  get cursor(): string {
    return new Date(Math.min(this.#comparedMs, this.#limitMs)).toISOString();
  }

  /** Null when none was listed. */
  get newestListed(): string | null {
    return this.#newestListedMs === undefined ? null : new Date(this.#newestListedMs).toISOString();
  }

  /** @throws SyncError `shop_bad_reply` when the list goes back further than the next scan would */
  meet(stubs: readonly OrderStub[], settled: readonly OrderStub[], findings: readonly Finding[]): void {
    const waiting = findings.filter(({ event }) => event === 'retrying');
    for (const ms of changesOf(stubs)) this.#newestListedMs = Math.max(ms, this.#newestListedMs ?? ms);
    this.#limitMs = Math.min(this.#limitMs, ...changesOf(waiting));
    for (const ms of changesOf(settled)) {
      if (ms < this.#comparedMs - OVERLAP_MS) {
        throw new SyncError(
          'shop_bad_reply',
          'The shop lists its changes out of order, expected the oldest change first.',
        );
      }
      this.#comparedMs = Math.max(ms, this.#comparedMs);
    }
  }
}

function changesOf(orders: readonly { readonly updatedAt: string }[]): number[] {
  return orders.map(({ updatedAt }) => Date.parse(updatedAt));
}
