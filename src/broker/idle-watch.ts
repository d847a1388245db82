/**
 * Notices a consumer that the broker has forgotten: messages are ready, none is in flight, and none is delivered. RabbitMQ
 * 3.10 does not always tell the consumer of a quorum queue that its queue was deleted; declared again, the queue has none.
 */
export class IdleWatch {
  readonly #options: IdleWatchOptions;
  #delivered = false;
  #idleRounds = 0;

  /** Watches until `signal` is aborted. */
  constructor(options: IdleWatchOptions) {
    this.#options = options;
    const timer = setInterval(() => void this.#look(), ROUND_MS).unref();
    options.signal.addEventListener('abort', () => clearInterval(timer));
  }

  /** Call it for each delivery. */
  delivered(): void {
    this.#delivered = true;
  }

  async #look(): Promise<void> {
    const { isIdle, waiting, onForgotten } = this.#options;
    const wasDelivered = this.#delivered;
    this.#delivered = false;
    if (wasDelivered || !isIdle()) {
      this.#idleRounds = 0;
      return;
    }
    // A queue that no longer exists ends the channel, which its own watch notices.
    const messages = await waiting().catch(() => 0);
    this.#idleRounds = messages > 0 && !this.#delivered ? this.#idleRounds + 1 : 0;
    if (this.#idleRounds >= FORGOTTEN_AFTER)
      onForgotten(
        new Error(`${messages} messages are ready and none is delivered; has the broker forgotten the consumer?`),
      );
  }
}

export interface IdleWatchOptions {
  /** Subscribed, and nothing in flight that the broker would wait for. */
  readonly isIdle: () => boolean;
  /** Messages ready to be delivered. */
  readonly waiting: () => Promise<number>;
  readonly onForgotten: (error: Error) => void;
  readonly signal: AbortSignal;
}

const ROUND_MS = 8_000;
const FORGOTTEN_AFTER = 2;
