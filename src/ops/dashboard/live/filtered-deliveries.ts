import type { DeliveryEvent } from '../messages.ts';
import { type DeliveryFilter, fits } from './delivery-filter.ts';

/** What one stream can receive between two ticks. */
const MAX_UNSENT = 250;

/** Keeps the deliveries that fit a filter until they are sent, so that none is missed however much else happens. */
export class FilteredDeliveries {
  readonly #filter: DeliveryFilter;
  /** Newest last. */
  #unsent: DeliveryEvent[] = [];
  #skipped = 0;

  constructor(filter: DeliveryFilter) {
    this.#filter = filter;
  }

  fitting(deliveries: readonly DeliveryEvent[]): DeliveryEvent[] {
    return deliveries.filter((delivery) => fits(delivery, this.#filter));
  }

  add(delivery: DeliveryEvent): void {
    if (!fits(delivery, this.#filter)) return;
    if (this.#unsent.length < MAX_UNSENT) this.#unsent.push(delivery);
    else this.#skipped += 1;
  }

  /** The deliveries added since the last call, newest first. */
  drain(): { readonly deliveries: DeliveryEvent[]; readonly skipped: number } {
    const drained = { deliveries: this.#unsent.toReversed(), skipped: this.#skipped };
    this.#unsent = [];
    this.#skipped = 0;
    return drained;
  }
}
