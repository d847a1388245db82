import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A retry queue, or the dead-letter queue, that refuses what it is given. */
export interface BlockedQueue {
  readonly queue: string;
  readonly since: Date;
  readonly error: Error;
}

export interface BlockageEvents {
  began: [blocked: BlockedQueue];
  ended: [blocked: BlockedQueue];
}

/**
 * Events that failed have nowhere to go: a retry queue or the dead-letter queue takes nothing, because it is full, for
 * instance. Until that is over they go back to the end of the main queue, and are tried again and again. Only a part of the
 * prefetch waits in between, so that they neither spin nor hold up the orders that need no retry.
 */
export class Blockage extends EventEmitter<BlockageEvents> {
  readonly #blocked = new Map<string, BlockedQueue & { readonly quiet: NodeJS.Timeout }>();
  readonly #maxHeld: number;
  #held = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(prefetch: number) {
    super();
    this.#maxHeld = Math.max(1, Math.floor(prefetch * HELD_SHARE));
  }

  /** The queues that refuse at present. */
  get queues(): readonly BlockedQueue[] {
    return [...this.#blocked.values()];
  }

  /** Call it each time a queue refuses an event. */
  refused(queue: string, error: Error): void {
    const known = this.#blocked.get(queue);
    if (known !== undefined) {
      known.quiet.refresh();
      return;
    }
    // One event that gets through does not mean that it is over: a queue at its limit takes one now and then.
    const quiet = setTimeout(() => this.#end(queue), OVER_AFTER_MS).unref();
    const blocked = { queue, since: new Date(), error, quiet };
    this.#blocked.set(queue, blocked);
    this.emit('began', blocked);
  }

  /** Resolves when an event that could not be settled may go back to the main queue. */
  async hold(): Promise<void> {
    if (this.#held < this.#maxHeld) {
      this.#held += 1;
      await sleep(this.#holdMs(), undefined, { ref: false });
      this.#held -= 1;
      return;
    }
    this.#turn = this.#turn.then(() => sleep(TURN_MS, undefined, { ref: false }));
    await this.#turn;
  }

  #end(queue: string): void {
    const blocked = this.#blocked.get(queue);
    this.#blocked.delete(queue);
    if (blocked !== undefined) this.emit('ended', blocked);
  }

  /** The longer it lasts, the longer. */
  #holdMs(): number {
    const beganAt = Math.min(...this.queues.map(({ since }) => since.getTime()), Date.now());
    return Math.min(MAX_HOLD_MS, Math.max(MIN_HOLD_MS, (Date.now() - beganAt) / 4));
  }
}

/** Of the prefetch, so that the rest stays free. */
const HELD_SHARE = 1 / 4;
const MIN_HOLD_MS = 1_000;
const MAX_HOLD_MS = 5_000;
/** Between two events that go back while the most are held. */
const TURN_MS = 20;
/** Longer than an event is held: each one tries again before. */
const OVER_AFTER_MS = 10_000;
