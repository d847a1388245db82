import type { Delivery } from '../broker/delivery.ts';

/** The deliveries that were taken and have no outcome yet. */
export class InFlight {
  readonly #deliveries = new Set<Delivery>();
  #empty = Promise.withResolvers<void>();

  get size(): number {
    return this.#deliveries.size;
  }

  add(delivery: Delivery): void {
    this.#deliveries.add(delivery);
  }

  /** @returns false when it has left before */
  leave(delivery: Delivery): boolean {
    if (!this.#deliveries.delete(delivery)) return false;
    if (this.#deliveries.size === 0) {
      this.#empty.resolve();
      this.#empty = Promise.withResolvers();
    }
    return true;
  }

  /** Those that the broker still waits for. */
  get unsettled(): Delivery[] {
    return [...this.#deliveries].filter((delivery) => !delivery.isSettled);
  }

  /** Resolves as soon as there is none. */
  async ended(): Promise<void> {
    if (this.#deliveries.size > 0) await this.#empty.promise;
  }
}
