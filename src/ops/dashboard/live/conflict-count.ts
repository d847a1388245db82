import type { InternalSystem } from '../../../internal-system/internal-system.ts';

/** Less than lies between two ticks of the live feed: what one of them asks, the next one shows. */
const FRESH_MS = 400;
/** An older answer is none: the internal system hangs, or nobody has asked. A page that polls asks every few seconds. */
const STALE_MS = 15_000;
/** No badge needs to say more. */
const MOST_COUNTED = 1_000;

/**
 * How many orders have an open conflict. It is asked for twice a second while somebody looks, and must never hold up what else is
 * shown: so it answers at once with what it knows, and asks the internal system in the background.
 */
export class ConflictCount {
  readonly #internalSystem: Pick<InternalSystem, 'countOrders'>;
  #count: number | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #isAsking = false;

  constructor(internalSystem: Pick<InternalSystem, 'countOrders'>) {
    this.#internalSystem = internalSystem;
  }

  /** Null while it is unknown. */
  now(): number | null {
    const now = performance.now();
    if (!this.#isAsking && now - this.#askedAt >= FRESH_MS) void this.#ask();
    return now - this.#answeredAt < STALE_MS ? this.#count : null;
  }

  /** Never rejects. */
  async #ask(): Promise<void> {
    this.#isAsking = true;
    this.#askedAt = performance.now();
    try {
      this.#count = (await this.#internalSystem.countOrders?.({ conflictsOnly: true }, MOST_COUNTED)) ?? null;
    } catch {
      this.#count = null;
    } finally {
      this.#isAsking = false;
      this.#answeredAt = performance.now();
    }
  }
}
