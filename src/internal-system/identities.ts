interface Identified {
  readonly shopOrderId: string;
  readonly orderNumber: string;
}

/** The orders of a batch while it is planned. The shop's id is what an order is known by; a number belongs to one at a time. */
export class Identities<T extends Identified> {
  readonly #versions = new Map<string, T>();
  readonly #holders = new Map<string, string>();

  constructor(stored: Iterable<T>) {
    for (const version of stored) this.put(version);
  }

  versionOf(shopOrderId: string): T | undefined {
    return this.#versions.get(shopOrderId);
  }

  /** The id of the order that has this number. */
  holderOf(orderNumber: string): string | undefined {
    return this.#holders.get(orderNumber);
  }

  /** The order's former number is free from now on. */
  put(version: T): void {
    const { shopOrderId, orderNumber } = version;
    const before = this.#versions.get(shopOrderId)?.orderNumber;
    if (before !== undefined && before !== orderNumber) this.#holders.delete(before);
    this.#versions.set(shopOrderId, version);
    this.#holders.set(orderNumber, shopOrderId);
  }
}
