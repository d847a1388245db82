import { type Placed, ShortLivedSet } from './short-lived.ts';

/**
 * Hears of an abort until it is stopped. For what begins and ends thousands of times a second with one signal: all of it shares one
 * listener of the signal's. Those that signals keep of their own are linked to each other, even when they are removed, so that
 * an old one holds on to every later one, and to what that refers to (see `ShortLivedSet`).
 */
export class AbortListener implements Placed {
  place = 0;
  readonly #audience: Audience;
  readonly #onAbort: (reason: unknown) => void;

  /** @param signal not aborted yet */
  constructor(signal: AbortSignal, onAbort: (reason: unknown) => void) {
    this.#onAbort = onAbort;
    this.#audience = Audience.of(signal);
    this.#audience.add(this);
  }

  hear(reason: unknown): void {
    this.#onAbort(reason);
  }

  stop(): void {
    this.#audience.leave(this);
  }
}

class Audience {
  static readonly #ofSignals = new WeakMap<AbortSignal, Audience>();
  readonly #signal: AbortSignal;
  readonly #listeners = new ShortLivedSet<AbortListener>();
  readonly #onAbort = () => {
    for (const listener of this.#listeners) listener.hear(this.#signal.reason);
  };

  static of(signal: AbortSignal): Audience {
    const known = Audience.#ofSignals.get(signal);
    if (known !== undefined) return known;
    const audience = new Audience(signal);
    Audience.#ofSignals.set(signal, audience);
    return audience;
  }

  private constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(listener: AbortListener): void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#signal.addEventListener('abort', this.#onAbort);
  }

  /** A signal with a listener may live for ever. */
  leave(listener: AbortListener): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) {
      this.#signal.removeEventListener('abort', this.#onAbort);
    }
  }
}
