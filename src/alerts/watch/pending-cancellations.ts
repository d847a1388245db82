import type { DeliveryFacts } from '../../delivery/outcome.ts';
import type { OrderRecord } from '../../internal-system/ledger.ts';
import { pendingCancellation } from '../../internal-system/pending-cancellation.ts';
import type { Incident } from './happening.ts';
import { groupedCancellations } from './incident-groups.ts';

/** Of more than these, only those that have become dead letters are counted, among these. */
const MAX_WATCHED = 1_000;

export interface PendingCancellationsOptions {
  readonly tell: (incident: Incident) => void;
  /** Everything known of the orders with this name; undefined where nobody can tell, and so nothing is told. @throws SyncError */
  readonly findOrders: (reference: string) => Promise<readonly OrderRecord[]> | undefined;
  /** How long one may be retried before it is told. */
  readonly tellAfterMs: number;
}

/**
 * Cancellations that were announced and that the warehouse does not see, because their events fail: told at once if a person is
 * needed, and otherwise when retrying takes long.
 */
export class PendingCancellations {
  readonly #options: PendingCancellationsOptions;
  readonly #grouped;
  /** When to look, by the event's reference. */
  readonly #watched = new Map<string, number>();

  constructor(options: PendingCancellationsOptions) {
    this.#options = options;
    this.#grouped = groupedCancellations(options.tell);
  }

  /** Of a delivery that announces a cancellation. Costs microseconds. */
  settled({ reference, outcome }: Pick<DeliveryFacts, 'reference' | 'outcome'>): void {
    if (reference === null || outcome === 'requeued') return;
    if (outcome === 'dead-lettered') this.#watch(reference, 0);
    else if (outcome !== 'retrying') this.#watched.delete(reference);
    else if (!this.#watched.has(reference)) this.#watch(reference, performance.now() + this.#options.tellAfterMs);
  }

  /** Looks up those that are due: only an order that is stored, and not as cancelled, can be shipped by mistake. @throws SyncError */
  async look(): Promise<void> {
    for (const [reference, dueAt] of this.#watched) {
      if (dueAt > performance.now()) continue;
      const records = (await this.#options.findOrders(reference)) ?? [];
      // Until it has ended, it is told no second time.
      this.#watched.set(reference, Number.POSITIVE_INFINITY);
      for (const record of records) {
        if (record.orderNumber !== null && pendingCancellation(record, records) !== undefined)
          this.#grouped.add(record.orderNumber);
      }
    }
  }

  flush(): void {
    this.#grouped.flush();
  }

  #watch(reference: string, dueAt: number): void {
    if (this.#watched.get(reference) === Number.POSITIVE_INFINITY) return;
    this.#watched.set(reference, dueAt);
    if (this.#watched.size <= MAX_WATCHED) return;
    const [oldest] = this.#watched.keys();
    if (oldest !== undefined) this.#watched.delete(oldest);
  }
}
