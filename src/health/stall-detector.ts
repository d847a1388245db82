import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { ShopConfig } from '../config/load-config.ts';
import type { Intake, IntakeEvents } from '../delivery/intake.ts';

const LOOK_EVERY_MS = 5_000;
/** Whoever slept through so many looks was stopped or starved himself, and says nothing about the others. */
const LOOKS_MISSED = 4;

export interface ProgressWatchOptions {
  readonly rabbit: Pick<RabbitMQ, 'isUp' | 'isConsuming' | 'waiting'>;
  readonly intake: Pick<EventEmitter<IntakeEvents>, 'on' | 'off'> & Pick<Intake, 'outage' | 'inFlight'>;
  /** Without progress for longer than this, although there could be some: stalled. */
  readonly stallTimeoutMs: number;
  readonly everyMs?: number;
}

export interface Stall {
  readonly since: Date;
  /** Deliveries in hand; with none, messages wait in the queue that nobody brings. */
  readonly inHand: number;
}

/**
 * Notices that nothing moves although it could: deliveries are in hand, or messages wait in the queue, and none is settled.
 * Everything has its time limit, so this is a bug or a broker's, and only a restart can help. The broker is asked only
 * while nothing is in hand and nothing was settled lately, and times are those of a clock that does not jump.
 */
export class StallDetector {
  readonly #options: ProgressWatchOptions;
  readonly #everyMs: number;
  readonly #stopped = new AbortController();
  #movedAt = performance.now();

  constructor(options: ProgressWatchOptions) {
    this.#options = options;
    this.#everyMs = options.everyMs ?? LOOK_EVERY_MS;
  }

  start(): void {
    this.#options.intake.on('settled', this.#moved);
    void this.#lookAgainAndAgain();
  }

  stop(): void {
    this.#options.intake.off('settled', this.#moved);
    this.#stopped.abort();
  }

  get stall(): Stall | undefined {
    const idleMs = performance.now() - this.#movedAt;
    if (idleMs <= this.#options.stallTimeoutMs || !this.#couldMove()) return undefined;
    return { since: new Date(Date.now() - idleMs), inHand: this.#options.intake.inFlight };
  }

  readonly #moved = (): void => {
    this.#movedAt = performance.now();
  };

  #couldMove(): boolean {
    const { rabbit, intake } = this.#options;
    return intake.outage === undefined && rabbit.isUp && rabbit.isConsuming;
  }

  /** Never rejects. */
  async #lookAgainAndAgain(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const before = performance.now();
      await sleep(this.#everyMs, undefined, { ref: false, signal }).catch(() => undefined);
      const hasOverslept = performance.now() - before > LOOKS_MISSED * this.#everyMs;
      if (hasOverslept || !this.#couldMove()) this.#moved();
      else if (this.#options.intake.inFlight === 0 && this.#movedAt < before && !(await this.#isMessageWaiting())) {
        this.#moved();
      }
    }
  }

  /** A broker that does not answer is found out by its heartbeats. */
  async #isMessageWaiting(): Promise<boolean> {
    return await this.#options.rabbit.waiting().then(
      (count) => count > 0,
      () => false,
    );
  }
}

/** For adapters of the user's own, whose fetches and writes are given up after two minutes and one. */
const ADAPTER_PATIENCE_MS = 240_000;
/** For a write with its repetitions, and the settling. */
const WRITE_PATIENCE_MS = 90_000;
/** Requests one after the other that one order may need: a batch is halved until the bad order is found. */
const REQUESTS_PER_ORDER = 12;

/** How long a delivery may take when everything goes as badly as it can. */
export function stallTimeoutMs(shop: ShopConfig): number {
  if ('adapter' in shop) return ADAPTER_PATIENCE_MS;
  const { timeoutMs, requestsPerSecond = Number.POSITIVE_INFINITY } = shop.rest;
  return WRITE_PATIENCE_MS + REQUESTS_PER_ORDER * (timeoutMs + 1000 / requestsPerSecond);
}
