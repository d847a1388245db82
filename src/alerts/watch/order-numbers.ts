import type { OrderList } from './happening.ts';

/** Counts orders, and keeps the first few numbers: in bounded memory, and fit for a message. */
export class OrderNumbers {
  readonly #max: number;
  readonly #orders = new Set<string>();
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** @param orderNumber null if it is not known: it counts all the same */
  add(orderNumber: string | null): void {
    this.#count += 1;
    if (orderNumber !== null && this.#orders.size < this.#max) this.#orders.add(orderNumber);
  }

  get list(): OrderList {
    return { count: this.#count, orders: [...this.#orders] };
  }
}
