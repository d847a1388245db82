/**
 * How long a slow shop is waited with, so that events which come within a moment share a fetch: many shops publish "placed" and
 * "paid" within milliseconds. A small part of what a fetch takes at its best, so that a lone event is not noticeably later, and
 * none at all with a shop that is quick.
 */
export class FetchTimes {
  readonly #latest: number[] = [];
  #lingerMs = 0;

  /** A fetch has brought an order. */
  add(ms: number): void {
    if (this.#latest.push(ms) > KEPT) this.#latest.shift();
    const shortest = Math.min(...this.#latest);
    this.#lingerMs = shortest < SLOW_MS ? 0 : Math.min(shortest * PART, LONGEST_MS);
  }

  /** How long an event waits for others of its order before its fetch begins, in ms. */
  get lingerMs(): number {
    return this.#lingerMs;
  }
}

const KEPT = 8;
const SLOW_MS = 100;
const PART = 0.02;
const LONGEST_MS = 20;
