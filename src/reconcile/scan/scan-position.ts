import { SyncError } from '../../errors.ts';
import type { OrderStub } from '../../shop/shop-client.ts';
import type { GracePeriod } from '../grace-period.ts';
import type { Finding } from '../report.ts';

/**
 * How far before its cursor a scan starts. A change that took the shop this long to commit appears in the list among
 * changes that an earlier scan has already read.
 */
export const OVERLAP_MS = 600_000;

/** How far a scan has got, by the shop's clock. */
export class ScanPosition {
  #newestListedMs: number | undefined;
  #comparedMs: number;
  /** The cursor must pass neither the start of the grace period nor the oldest change whose event is being retried. */
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
   * @param due the stubs that are past the grace period
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

function changesOf(orders: readonly { readonly updatedAt: string | null }[]): number[] {
  return orders.flatMap(({ updatedAt }) => (updatedAt === null ? [] : [Date.parse(updatedAt)]));
}
