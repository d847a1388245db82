import type { DeliveryEvent } from '../messages.ts';
import { type DeliveryFilter, fits } from './delivery-filter.ts';

/** What one stream may be told between two ticks. */
const MAX_TOLD_AT_A_TIME = 250;

/** Keeps what fits until it is told, so that nothing of it is missed however much else happens. */
export class FilteredDeliveries {
  readonly #filter: DeliveryFilter;
  /** Newest last. */
  #untold: DeliveryEvent[] = [];
  #skipped = 0;

  constructor(filter: DeliveryFilter) {
    this.#filter = filter;
  }

  fitting(deliveries: readonly DeliveryEvent[]): DeliveryEvent[] {
    return deliveries.filter((delivery) => fits(delivery, this.#filter));
  }

  take(delivery: DeliveryEvent): void {
    if (!fits(delivery, this.#filter)) return;
    if (this.#untold.length < MAX_TOLD_AT_A_TIME) this.#untold.push(delivery);
    else this.#skipped += 1;
  }

  /** What has come since this was asked last, newest first. */
  tell(): { readonly deliveries: DeliveryEvent[]; readonly skipped: number } {
    const told = { deliveries: this.#untold.toReversed(), skipped: this.#skipped };
    this.#untold = [];
    this.#skipped = 0;
    return told;
  }
}
