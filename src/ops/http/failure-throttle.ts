const FAILURES_ALLOWED = 10;
const WINDOW_MS = 60_000;
/** Beyond this many addresses, the oldest is forgotten. */
const ADDRESSES_KEPT = 10_000;

/** Counts failures by address: after ten within a minute, an address is throttled until the minute is over. */
export class FailureThrottle {
  readonly #byAddress = new Map<string, { failures: number; readonly since: number }>();

  isThrottled(address: string, now = Date.now()): boolean {
    const entry = this.#byAddress.get(address);
    return entry !== undefined && now - entry.since < WINDOW_MS && entry.failures >= FAILURES_ALLOWED;
  }

  add(address: string, now = Date.now()): void {
    const entry = this.#byAddress.get(address);
    if (entry !== undefined && now - entry.since < WINDOW_MS) {
      entry.failures += 1;
      return;
    }
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { failures: 1, since: now });
    const [oldest] = this.#byAddress.keys();
    if (this.#byAddress.size > ADDRESSES_KEPT && oldest !== undefined) this.#byAddress.delete(oldest);
  }
}
