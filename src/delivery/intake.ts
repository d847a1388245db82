import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../async/backoff.ts';
import type { Delivery } from '../broker/delivery.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import { type Dependency, SyncError } from '../errors.ts';
import { isCrashSuspect } from '../messages/headers.ts';
import type { Settled } from './process-delivery.ts';

/** A dependency that is down for everyone. */
export interface Outage {
  readonly dependency: Dependency;
  readonly since: Date;
  readonly error: SyncError;
}

export interface IntakeEvents {
  settled: [settled: Settled];
  outageBegan: [outage: Outage];
  outageEnded: [outage: Outage];
  /** Processing itself threw, which it never should. The delivery went back to the queue. */
  bug: [error: unknown];
}

/**
 * Decides when deliveries are taken:
 *
 *     flowing ──outage──▶ paused ──canary succeeds──▶ flowing
 *        └───────────────stop──────────────▶ stopping
 *
 * While paused nothing is consumed; everything in hand goes back to the queue, and one delivery at a time, the canary, is
 * taken with a growing delay. The first one that does not meet the outage ends it.
 */
export class Intake extends EventEmitter<IntakeEvents> {
  readonly #rabbit: RabbitMQ;
  readonly #process: (delivery: Delivery, isCanary: boolean) => Promise<Settled>;
  readonly #interrupt: (delivery: Delivery, why: string) => Settled;
  readonly #cancelFetches: (error: SyncError) => void;
  readonly #crash: (delivery: Delivery) => Promise<Settled>;
  readonly #inFlight = new Set<Delivery>();
  /** Those of them whose work has begun. */
  readonly #underWork = new Set<Delivery>();
  /** The turn of the suspect that came last. */
  #suspects: Promise<unknown> = Promise.resolve();
  readonly #stopping = new AbortController();
  #outage: Outage | undefined;
  #probing: Promise<void> = Promise.resolve();
  #idle = Promise.withResolvers<void>();

  constructor(options: {
    rabbit: RabbitMQ;
    process: (delivery: Delivery, isCanary: boolean) => Promise<Settled>;
    /** Gives a delivery back that was not worked on to its end. */
    interrupt: (delivery: Delivery, why: string) => Settled;
    /** Gives up every fetch under way and waiting. */
    cancelFetches: (error: SyncError) => void;
    /** Counts an attempt of a delivery that was being worked on when the process crashed. */
    crash: (delivery: Delivery) => Promise<Settled>;
  }) {
    super();
    this.#rabbit = options.rabbit;
    this.#process = options.process;
    this.#interrupt = options.interrupt;
    this.#cancelFetches = options.cancelFetches;
    this.#crash = options.crash;
  }

  /** @throws BrokerRefusedError */
  start(): Promise<void> {
    return this.#rabbit.subscribe((delivery) => this.#take(delivery));
  }

  get outage(): Outage | undefined {
    return this.#outage;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /**
   * Takes nothing more, and waits for what is in flight. What is left after `timeoutMs` goes back to the queue.
   *
   * @returns how many deliveries were left
   */
  async stop(timeoutMs: number): Promise<number> {
    this.#stopping.abort();
    const finished = new AbortController();
    const deadline = sleep(timeoutMs, undefined, { signal: finished.signal }).catch(() => undefined);
    await Promise.race([this.#finish(), deadline]);
    finished.abort();
    const left = [...this.#inFlight].filter((delivery) => !delivery.isSettled);
    for (const delivery of left)
      this.emit('settled', this.#interrupt(delivery, 'The daemon had to stop before it was done.'));
    return left.length;
  }

  /**
   * The process is about to end by a bug, and whatever is being worked on may be what it stumbles over, every time: so that
   * counts as an attempt. Those that only waited go back to the queue with their connection.
   */
  async crash(): Promise<void> {
    this.#stopping.abort();
    const suspects = [...this.#underWork].filter((delivery) => !delivery.isSettled);
    await Promise.all(suspects.map(async (delivery) => this.emit('settled', await this.#crash(delivery))));
  }

  /** A broker that has gone silent never answers the pause. */
  async #finish(): Promise<void> {
    await this.#rabbit.pause();
    await this.#probing;
    await this.#emptyHanded();
  }

  async #emptyHanded(): Promise<void> {
    if (this.#inFlight.size > 0) await this.#idle.promise;
  }

  async #take(delivery: Delivery): Promise<void> {
    // The broker may have sent more before it saw the pause.
    if (this.#outage !== undefined || this.#stopping.signal.aborted) {
      this.emit('settled', this.#interrupt(delivery, 'It arrived when consumption had been paused or was stopping.'));
      return;
    }
    const settled = await this.#work(delivery, false);
    if (settled?.outage !== undefined && this.#outage === undefined && !this.#stopping.signal.aborted) {
      this.#pause(settled.outage);
    }
  }

  async #work(delivery: Delivery, isCanary: boolean): Promise<Settled | undefined> {
    this.#inFlight.add(delivery);
    try {
      const settled = await this.#inTurn(delivery, () => {
        this.#underWork.add(delivery);
        return this.#process(delivery, isCanary);
      });
      this.emit('settled', settled);
      return settled;
    } catch (error) {
      this.emit('bug', error);
      if (!delivery.isSettled) delivery.requeue();
      return undefined;
    } finally {
      this.#underWork.delete(delivery);
      this.#inFlight.delete(delivery);
      if (this.#inFlight.size === 0) {
        this.#idle.resolve();
        this.#idle = Promise.withResolvers();
      }
    }
  }

  /**
   * Events that were being worked on when a daemon crashed are worked on one at a time: so the next crash is the guilty
   * one's alone, and the others are through.
   */
  #inTurn(delivery: Delivery, work: () => Promise<Settled>): Promise<Settled> {
    if (!isCrashSuspect(delivery)) return work();
    const turn = this.#suspects.then(work, work);
    this.#suspects = turn;
    return turn;
  }

  #pause(error: SyncError): void {
    this.#begin(error);
    this.#probing = this.#pausedUntilRecovery();
  }

  #begin(error: SyncError): void {
    if (error.dependency === undefined) return;
    this.#outage = { dependency: error.dependency, since: new Date(), error };
    this.emit('outageBegan', this.#outage);
  }

  #end(): void {
    const outage = this.#outage;
    this.#outage = undefined;
    if (outage !== undefined) this.emit('outageEnded', outage);
  }

  /** Never rejects. */
  async #pausedUntilRecovery(): Promise<void> {
    await this.#rabbit.pause();
    this.#cancelFetches(new SyncError('interrupted', 'An outage began while this order waited for its turn.'));
    for (let probes = 0; this.#outage !== undefined; probes += 1) {
      const delayMs = Math.max(backoffMs(probes, PROBE), this.#outage.error.retryAfterMs ?? 0);
      await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      await this.#probe();
    }
    if (!this.#stopping.signal.aborted) await this.#rabbit.resume();
  }

  async #probe(): Promise<void> {
    const canary = await this.#takeCanary();
    if (canary === undefined) return;
    const settled = await this.#work(canary, true);
    if (settled?.outage === undefined && settled?.facts.outcome !== 'requeued') {
      // A new subscription has a prefetch of its own: what is in hand from before it would come on top.
      await this.#emptyHanded();
      this.#end();
    } else if (settled.outage !== undefined && settled.outage.dependency !== this.#outage?.dependency) {
      // The one dependency is back, another one is not.
      this.#end();
      this.#begin(settled.outage);
    }
  }

  async #takeCanary(): Promise<Delivery | undefined> {
    // The broker may be away as well; its connection's supervisor sees to that.
    return this.#rabbit.take().catch(() => undefined);
  }
}

const PROBE = { minMs: 500, maxMs: 5_000 };
