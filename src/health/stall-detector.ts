import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { ShopConfig } from '../config/load-config.ts';
import type { Blockage } from '../delivery/blockage.ts';
import type { Intake, IntakeEvents } from '../delivery/intake.ts';
import type { Settled } from '../delivery/outcome.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import { WRITE_TIMEOUT_MS } from '../internal-system/order-writer.ts';

const CHECK_EVERY_MS = 5_000;
/** A process that misses this many checks was itself suspended or starved: that says nothing about its deliveries. */
const CHECKS_MISSED = 4;

export interface StallDetectorOptions {
  readonly rabbit: Pick<RabbitMQ, 'isUp' | 'isConsuming' | 'blocked' | 'waiting'>;
  readonly intake: Pick<EventEmitter<IntakeEvents>, 'on' | 'off'> & Pick<Intake, 'outage' | 'inFlight' | 'isHeld'>;
  readonly blockage: Pick<Blockage, 'queues'>;
  /** Nothing settled for longer than this, although something could be: stalled. */
  readonly stallTimeoutMs: number;
  readonly checkEveryMs?: number;
}

export interface Stall {
  readonly since: Date;
  /** Deliveries in flight. With none, messages wait in the queue and are not delivered, unless consumption is paused. */
  readonly inFlight: number;
}

/**
 * Notices when nothing is settled although something could be: deliveries are in flight, or messages wait in the queue; and
 * when consumption is paused and nobody probes whether the outage is over. An event that is back in its queue is not settled.
 * All work has a time limit, so this is a bug, here or in the broker, and only a restart can help. The broker is asked only
 * while nothing is in flight and nothing was settled recently. Times come from a clock that does not jump.
 */
export class StallDetector {
  readonly #options: StallDetectorOptions;
  readonly #checkEveryMs: number;
  readonly #stopped = new AbortController();
  /** When something was last settled, or last could not have been; ahead of now while a probe is due later. */
  #progressAt = performance.now();

  constructor(options: StallDetectorOptions) {
    this.#options = options;
    this.#checkEveryMs = options.checkEveryMs ?? CHECK_EVERY_MS;
  }

  start(): void {
    this.#options.intake.on('settled', this.#noteSettled);
    this.#options.intake.on('probing', this.#noteProbe);
    void this.#keepChecking();
  }

  stop(): void {
    this.#options.intake.off('settled', this.#noteSettled);
    this.#options.intake.off('probing', this.#noteProbe);
    this.#stopped.abort();
  }

  get stall(): Stall | undefined {
    const stalledMs = performance.now() - this.#progressAt;
    if (stalledMs <= this.#options.stallTimeoutMs || !this.#canSettle()) return undefined;
    return { since: new Date(Date.now() - stalledMs), inFlight: this.#options.intake.inFlight };
  }

  readonly #noteSettled = ({ facts }: Settled): void => {
    if (facts.outcome !== 'requeued') this.#noteProgress();
  };

  readonly #noteProbe = (delayMs: number): void => {
    this.#progressAt = performance.now() + delayMs;
  };

  #noteProgress(): void {
    this.#progressAt = Math.max(this.#progressAt, performance.now());
  }

  /** Settle a delivery or, during an outage, probe. */
  #canSettle(): boolean {
    const { rabbit, intake, blockage } = this.#options;
    const isWorking = intake.isHeld ? intake.inFlight > 0 : rabbit.isConsuming || intake.outage !== undefined;
    return rabbit.isUp && isWorking && rabbit.blocked === undefined && blockage.queues.length === 0;
  }

  /** Never rejects. */
  async #keepChecking(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const before = performance.now();
      await sleep(this.#checkEveryMs, undefined, { ref: false, signal }).catch(() => undefined);
      const hasOverslept = performance.now() - before > CHECKS_MISSED * this.#checkEveryMs;
      if (hasOverslept || !this.#canSettle()) this.#noteProgress();
      else if (this.#isIdle() && this.#progressAt < before && !(await this.#isMessageWaiting())) this.#noteProgress();
    }
  }

  #isIdle(): boolean {
    const { inFlight, outage } = this.#options.intake;
    return inFlight === 0 && outage === undefined;
  }

  /** False for a broker that does not answer: its missing heartbeats give it away. */
  async #isMessageWaiting(): Promise<boolean> {
    return await this.#options.rabbit.waiting().then(
      (count) => count > 0,
      () => false,
    );
  }
}

/** For a fetch of a batch, and then of one order, by a user's own shop adapter. */
const ADAPTER_FETCHES_MS = 2 * 120_000;
/** Requests in sequence that one order may need: a failing batch is halved until the bad order is found. */
const REQUESTS_PER_ORDER = 12;
/** For a write of the built-in systems, with its retries. */
const BUILT_IN_WRITES_MS = 60_000;
const SETTLE_MS = 30_000;
/** A batch, a part of it, one order. */
const WRITES_PER_ORDER = 3;

/**
 * How long a delivery may take if everything that can be slow is slow.
 *
 * @param module the internal system, if it is the user's own
 */
export function stallTimeoutMs(shop: ShopConfig, module?: Module): number {
  return fetchesMs(shop) + (module === undefined ? BUILT_IN_WRITES_MS : writesMs(module)) + SETTLE_MS;
}

type Module = Pick<InternalSystem, 'maxBatch' | 'writeTimeoutMs' | 'delivery'>;

function fetchesMs(shop: ShopConfig): number {
  if (!('rest' in shop)) return ADAPTER_FETCHES_MS;
  const { timeoutMs, requestsPerSecond = Number.POSITIVE_INFINITY } = shop.rest;
  return REQUESTS_PER_ORDER * (timeoutMs + 1000 / requestsPerSecond);
}

/** A call that was told to end has as long again to do so. */
function writesMs({ maxBatch = 1, writeTimeoutMs = WRITE_TIMEOUT_MS, delivery }: Module): number {
  // Behind a delivery whose end nobody knows, another one waits, and then takes as long itself.
  if (delivery !== undefined) return BUILT_IN_WRITES_MS + delivery.leaseMs + 2 * delivery.timeoutMs;
  return (maxBatch === 1 ? 1 : WRITES_PER_ORDER) * 2 * writeTimeoutMs;
}
