import type { InternalSystem } from '../../../internal-system/internal-system.ts';

const FRESH_MS = 750;
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
  #isAsking = false;

  constructor(internalSystem: Pick<InternalSystem, 'countOrders'>) {
    this.#internalSystem = internalSystem;
  }

  /** Null while it is unknown. */
  now(): number | null {
    if (!this.#isAsking && performance.now() - this.#askedAt >= FRESH_MS) void this.#ask();
    return this.#count;
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
    }
  }
}
