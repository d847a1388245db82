import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../async/backoff.ts';
import { orAborted, withTimeout } from '../async/deadline.ts';
import type { Delivery } from '../broker/delivery.ts';
import { type Dependency, SyncError } from '../errors.ts';
import { isCrashSuspect } from '../messages/headers.ts';
import { askedWaitMs } from '../shop/asked-wait.ts';
import type { FreshDeliveries } from './fresh-deliveries.ts';
import { InFlight, type Work } from './in-flight.ts';
import type { Settled, StopReport } from './outcome.ts';

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
  /** During an outage: the next canary is taken after this delay. */
  probing: [delayMs: number];
  /** Processing itself threw, which it never should. The delivery was requeued. */
  bug: [error: unknown];
}

/** What the intake decides about, and acts on. */
export interface IntakeOptions {
  readonly deliveries: FreshDeliveries;
  readonly process: (delivery: Delivery, isCanary: boolean) => Promise<Settled>;
  /** Requeues a delivery that was not processed to the end. */
  readonly interrupt: (delivery: Delivery, why: string) => Settled;
  /** Cancels every fetch, running or waiting. */
  readonly cancelFetches: (error: SyncError) => void;
  /** Cancels every write that waits. */
  readonly cancelWrites: (error: SyncError) => void;
  /** Cancels every fetch, and every write that has not begun, and refuses new ones: the daemon is out of time. */
  readonly abandon: (error: SyncError) => void;
  /** Counts an attempt of a delivery that was being processed when the process crashed. */
  readonly crash: (delivery: Delivery) => Promise<Settled>;
}

/**
 * Decides when deliveries are taken:
 *
 *     flowing ──outage──▶ paused ──canary succeeds──▶ flowing
 *        └───────────────stop──────────────▶ stopping
 *
 * While paused nothing is consumed; everything in flight is requeued, and one delivery at a time, the canary, is taken with
 * a growing delay. The first canary that does not meet the outage ends the pause.
 *
 * A person may hold it, in any of these states: nothing is consumed then either, no canary is taken, and what is in flight is
 * finished. Whether an outage is over is found out once it is released.
 */
export class Intake extends EventEmitter<IntakeEvents> {
  readonly #options: IntakeOptions;
  readonly #inFlight = new InFlight();
  /** Resolves when the last crash suspect so far has been processed. */
  #suspects: Promise<unknown> = Promise.resolve();
  readonly #stopping = new AbortController();
  readonly #sinceStop = { finished: 0, requeued: 0, neverBegun: 0 };
  #outage: Outage | undefined;
  /** Set while it is held; resolves when it is released. */
  #hold: PromiseWithResolvers<void> | undefined;
  #probing: Promise<void> = Promise.resolve();

  constructor(options: IntakeOptions) {
    super();
    this.#options = options;
  }

  /** Resolves once deliveries are taken, which a hold delays. @throws BrokerRefusedError */
  async start(): Promise<void> {
    await this.released();
    await this.#options.deliveries.subscribe((delivery) => this.#take(delivery));
  }

  /** Takes nothing until it is released. Resolves once nothing is in flight; never, if the broker does not answer. */
  async hold(): Promise<void> {
    this.#hold ??= Promise.withResolvers();
    await this.#options.deliveries.pause();
    await this.#inFlight.ended();
  }

  release(): void {
    this.#hold?.resolve();
    this.#hold = undefined;
    // It ends with the outage otherwise.
    if (this.#outage === undefined) void this.#flow();
  }

  get isHeld(): boolean {
    return this.#hold !== undefined;
  }

  /** Resolves as soon as it is not held. */
  async released(): Promise<void> {
    while (this.#hold !== undefined) await this.#hold.promise;
  }

  get outage(): Outage | undefined {
    return this.#outage;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Stops taking deliveries and waits for those in flight. After `timeoutMs`, what is left is given back within moments. */
  async stop(timeoutMs: number): Promise<StopReport> {
    this.#stopping.abort();
    await withTimeout(this.#finish(), timeoutMs, () => undefined);
    const isCutShort = this.#inFlight.size > 0;
    if (isCutShort) await this.#giveUp();
    return { ...this.#sinceStop, isCutShort };
  }

  /** Most deliveries end by themselves once they are cancelled. The rest, such as one that is being committed, is given back. */
  async #giveUp(): Promise<void> {
    const why = 'The daemon had to stop before it was done.';
    this.#options.abandon(new SyncError('interrupted', why));
    await withTimeout(this.#inFlight.ended(), GIVE_UP_MS, () => undefined);
    for (const work of this.#inFlight.unsettled) this.#settled(work, this.#options.interrupt(work.delivery, why));
  }

  /**
   * A bug is about to end the process, and any delivery being processed may be the cause, every time: so each counts an
   * attempt. Those that only wait return to the queue when their connection closes.
   */
  async crash(): Promise<void> {
    this.#stopping.abort();
    const suspects = this.#inFlight.unsettled.filter(({ hasBegun }) => hasBegun);
    await Promise.all(suspects.map(async (work) => this.#settled(work, await this.#options.crash(work.delivery))));
  }

  /** May never resolve: a broker that has gone silent does not answer the pause. */
  async #finish(): Promise<void> {
    await this.#options.deliveries.pause();
    await this.#probing;
    await this.#inFlight.ended();
  }

  async #take(delivery: Delivery): Promise<void> {
    // The broker may have sent it before it saw the pause.
    if (this.#stopping.signal.aborted) {
      this.#sinceStop.neverBegun += 1;
      delivery.requeue();
      return;
    }
    if (this.#outage !== undefined) {
      this.emit('settled', this.#options.interrupt(delivery, 'It arrived after consumption was paused.'));
      return;
    }
    const settled = await this.#work(delivery, false);
    if (settled?.outage !== undefined && this.#outage === undefined && !this.#stopping.signal.aborted) {
      this.#pause(settled.outage);
    }
  }

  async #work(delivery: Delivery, isCanary: boolean): Promise<Settled | undefined> {
    const work = this.#inFlight.add(delivery);
    try {
      const settled = await this.#inTurn(delivery, () => {
        work.hasBegun = true;
        return this.#options.process(delivery, isCanary);
      });
      this.#settled(work, settled);
      return settled;
    } catch (error) {
      this.emit('bug', error);
      if (!delivery.isSettled) delivery.requeue();
      return undefined;
    } finally {
      this.#inFlight.leave(work);
    }
  }

  /** Reports the outcome, unless the delivery has been given back in the meantime: each has one outcome. */
  #settled(work: Work, settled: Settled): void {
    if (!this.#inFlight.leave(work)) return;
    if (this.#stopping.signal.aborted)
      this.#sinceStop[settled.facts.outcome === 'requeued' ? 'requeued' : 'finished'] += 1;
    this.emit('settled', settled);
  }

  /**
   * Events that were being processed when a daemon crashed are processed one at a time: so the next crash is the culprit's
   * alone, and the others get through.
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
    await this.#options.deliveries.pause();
    const interrupted = new SyncError('interrupted', 'An outage began while this order waited for its turn.');
    this.#options.cancelFetches(interrupted);
    // What has been fetched can be written while the shop is down.
    if (this.#outage?.dependency === 'internal-system') this.#options.cancelWrites(interrupted);
    let failure = this.#outage?.error;
    for (let probes = 0; this.#outage !== undefined; probes += 1) {
      const askedMs = failure && askedWaitMs(failure, probes + 1);
      const delayMs = Math.max(backoffMs(probes, PROBE), askedMs ?? 0);
      this.emit('probing', delayMs);
      await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#hold !== undefined) await orAborted(this.released(), this.#stopping.signal).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      failure = await this.#probe();
      // It answered, if only to this order's disadvantage: the next order may follow soon.
      if (failure?.kind === 'permanent' || failure?.isOwn === true) probes = -1;
    }
    await this.#flow();
  }

  /** A new subscription has a prefetch of its own: what is still in flight would come on top of it. Never rejects. */
  async #flow(): Promise<void> {
    await this.#inFlight.ended();
    if (this.#stopping.signal.aborted || this.#hold !== undefined || this.#outage !== undefined) return;
    await this.#options.deliveries.resume();
  }

  /** @returns the failure that shows that the outage continues */
  async #probe(): Promise<SyncError | undefined> {
    const canary = await this.#takeCanary();
    if (canary === undefined) return undefined;
    const settled = await this.#work(canary, true);
    if (settled?.outage === undefined && settled?.facts.outcome !== 'requeued') {
      // A new subscription has a prefetch of its own: what is still in flight would come on top of it.
      await this.#inFlight.ended();
      this.#end();
    } else if (settled.outage !== undefined && settled.outage.dependency !== this.#outage?.dependency) {
      // This dependency is back, another is not.
      this.#end();
      this.#begin(settled.outage);
    }
    return settled?.outage;
  }

  async #takeCanary(): Promise<Delivery | undefined> {
    // The broker may be away too; the supervisor of its connection sees to that.
    return this.#options.deliveries.take().catch(() => undefined);
  }
}

const PROBE = { minMs: 500, maxMs: 5_000 };

/** For cancelled deliveries to be settled: their requeues go to the broker's socket, and no further. */
const GIVE_UP_MS = 500;
