import { setTimeout as sleep } from 'node:timers/promises';

export interface ThrottleOptions {
  /** At most. */
  readonly perSecond: number;
  /** Whether live orders wait at this moment. */
  readonly isBehind: () => Promise<boolean>;
}

/**
 * Keeps an import behind live orders: so many requests a second and no more, none while live orders wait, and far fewer once the
 * shop, which the daemon asks as well, says that there are too many.
 */
export class Throttle {
  readonly #options: ThrottleOptions;
  #perSecond: number;
  #nextAt = Number.NEGATIVE_INFINITY;
  #calm: { readonly until: number; readonly looking: Promise<void> } | undefined;
  #isWaiting = false;

  constructor(options: ThrottleOptions) {
    this.#options = options;
    this.#perSecond = options.perSecond;
  }

  /** True while it waits for live orders. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Resolves when the next request may go out. @throws the signal's reason */
  async turn(signal: AbortSignal): Promise<void> {
    await this.#untilCalm(signal);
    const now = performance.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 1000 / this.#perSecond;
    this.#perSecond = Math.min(this.#options.perSecond, this.#perSecond * GROWTH);
    if (at > now) await pause(at - now, signal);
  }

  /** The shop limits the rate: the daemon is to have what there is. */
  readonly slowDown = (isLimited: boolean): void => {
    if (isLimited) this.#perSecond = Math.max(this.#perSecond / 4, this.#options.perSecond / 64);
  };

  /** Those that ask at the same time share a look. */
  #untilCalm(signal: AbortSignal): Promise<void> {
    if (this.#calm === undefined || performance.now() >= this.#calm.until) {
      const looking = this.#wait(signal);
      this.#calm = { until: Number.POSITIVE_INFINITY, looking };
      void looking.then(
        () => {
          this.#calm = { until: performance.now() + LOOK_EVERY_MS, looking };
        },
        () => {
          this.#calm = undefined;
        },
      );
    }
    return this.#calm.looking;
  }

  async #wait(signal: AbortSignal): Promise<void> {
    try {
      while (await this.#options.isBehind()) {
        this.#isWaiting = true;
        await pause(LOOK_EVERY_MS, signal);
      }
    } finally {
      this.#isWaiting = false;
    }
  }
}

const LOOK_EVERY_MS = 1_000;
/** With each request: a minute at 5 a second, and a quarter has become the whole again. */
const GROWTH = 1.005;

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
