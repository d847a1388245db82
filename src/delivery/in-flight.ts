import { type Placed, ShortLivedSet } from '../async/short-lived.ts';
import type { Delivery } from '../broker/delivery.ts';

/** The work on one delivery. */
export interface Work extends Placed {
  readonly delivery: Delivery;
  /** False while it waits for others to be processed. */
  hasBegun: boolean;
}

/** The deliveries that were taken and have no outcome yet. */
export class InFlight {
  readonly #works = new ShortLivedSet<Work>();
  #empty = Promise.withResolvers<void>();

  get size(): number {
    return this.#works.size;
  }

  add(delivery: Delivery): Work {
    const work = { delivery, hasBegun: false, place: 0 };
    this.#works.add(work);
    return work;
  }

  /** @returns false when it has left before */
  leave(work: Work): boolean {
    if (!this.#works.delete(work)) return false;
    if (this.#works.size === 0) {
      this.#empty.resolve();
      this.#empty = Promise.withResolvers();
    }
    return true;
  }

  /** On those that the broker still waits for. */
  get unsettled(): Work[] {
    return [...this.#works].filter(({ delivery }) => !delivery.isSettled);
  }

  /** Resolves as soon as there is none. */
  async ended(): Promise<void> {
    if (this.#works.size > 0) await this.#empty.promise;
  }
}
