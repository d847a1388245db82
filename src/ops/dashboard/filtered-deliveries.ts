import { type ArrivalFilter, fits } from './delivery-filter.ts';
import type { Arrival } from './messages.ts';

/** What one stream may be told between two ticks. */
const MAX_TOLD_AT_A_TIME = 250;

/** Keeps what fits until it is told, so that nothing of it is missed however much else happens. */
export class FilteredArrivals {
  readonly #filter: ArrivalFilter;
  /** Newest last. */
  #untold: Arrival[] = [];
  #skipped = 0;

  constructor(filter: ArrivalFilter) {
    this.#filter = filter;
  }

  fitting(arrivals: readonly Arrival[]): Arrival[] {
    return arrivals.filter((arrival) => fits(arrival, this.#filter));
  }

  take(arrival: Arrival): void {
    if (!fits(arrival, this.#filter)) return;
    if (this.#untold.length < MAX_TOLD_AT_A_TIME) this.#untold.push(arrival);
    else this.#skipped += 1;
  }

  /** What has come since this was asked last, newest first. */
  tell(): { readonly arrivals: Arrival[]; readonly skipped: number } {
    const told = { arrivals: this.#untold.toReversed(), skipped: this.#skipped };
    this.#untold = [];
    this.#skipped = 0;
    return told;
  }
}
