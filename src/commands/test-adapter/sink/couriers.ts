import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { SyncError } from '../../../errors.ts';
import type { Errand, Greeting, Plan, Report } from './errands.ts';

const COURIER = new URL(`./courier${extname(import.meta.filename)}`, import.meta.url);
const AT_ONCE = 2;
/** Of one courier, as its prefetch. */
const IN_HAND = 20;
/** More failures of one errand are no accident. */
const MAX_FAILURES = 100;

export interface Outcome {
  /** Errands that failed for good, each with its reason. */
  readonly failed: readonly { readonly errand: Errand; readonly reason: string; readonly message: string }[];
  readonly kills: number;
}

/**
 * The broker of two couriers: hands out errands, takes back those of a courier that is killed, and repeats what failed.
 *
 * @throws SyncError when a courier cannot start
 */
export class Couriers {
  readonly #plan: Plan;
  readonly #waiting: Errand[];
  readonly #killEvery: number;
  readonly #couriers = new Map<ChildProcess, Map<number, Errand>>();
  readonly #failures = new Map<number, number>();
  readonly #failed: Outcome['failed'][number][] = [];
  readonly #done = Promise.withResolvers<void>();
  readonly #onReport: () => void;
  #successes = 0;
  #kills = 0;
  #isOver = false;

  /** @param kills how many couriers are killed at their work, all in all */
  constructor(plan: Plan, errands: readonly Errand[], kills: number, onReport: () => void) {
    this.#plan = plan;
    this.#waiting = [...errands];
    this.#killEvery = Math.max(1, Math.floor(errands.length / (kills + 1)));
    this.#onReport = onReport;
  }

  async carryAll(): Promise<Outcome> {
    for (let count = 0; count < AT_ONCE; count += 1) this.#start();
    try {
      await this.#done.promise;
      return { failed: this.#failed, kills: this.#kills };
    } finally {
      this.#isOver = true;
      const left = [...this.#couriers.keys()];
      for (const courier of left) courier.kill('SIGKILL');
      await Promise.all(left.map((courier) => courier.exitCode ?? courier.signalCode ?? once(courier, 'exit')));
    }
  }

  #start(): void {
    const courier = fork(COURIER, [JSON.stringify(this.#plan)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#couriers.set(courier, new Map());
    courier.on('message', (message: Report | Greeting) => {
      if (!('isReady' in message)) this.#reported(courier, message);
      else if (message.isReady) this.#handOut(courier);
      else this.#done.reject(new SyncError('internal_system_unavailable', message.problem ?? 'It cannot start.'));
    });
    courier.once('exit', () => this.#gone(courier));
  }

  #handOut(courier: ChildProcess): void {
    const inHand = this.#couriers.get(courier);
    while (inHand !== undefined && inHand.size < IN_HAND) {
      const errand = this.#waiting.shift();
      if (errand === undefined) return;
      inHand.set(errand.id, errand);
      // One that is killed at this moment hears nothing; what it had in hand goes to another.
      courier.send(errand, () => undefined);
    }
  }

  #reported(courier: ChildProcess, { id, failure }: Report): void {
    const inHand = this.#couriers.get(courier);
    const errand = inHand?.get(id);
    if (inHand === undefined || errand === undefined) return;
    inHand.delete(id);
    this.#onReport();
    if (failure === undefined) this.#carried(courier);
    else this.#again(errand, failure);
    if ([...this.#couriers.values()].every(({ size }) => size === 0) && this.#waiting.length === 0)
      this.#done.resolve();
    for (const free of this.#couriers.keys()) this.#handOut(free);
  }

  #carried(courier: ChildProcess): void {
    this.#successes += 1;
    if (this.#successes % this.#killEvery !== 0) return;
    this.#kills += 1;
    courier.kill('SIGKILL');
  }

  #again(errand: Errand, { reason, message, isFinal }: NonNullable<Report['failure']>): void {
    const failures = (this.#failures.get(errand.id) ?? 0) + 1;
    this.#failures.set(errand.id, failures);
    if (isFinal || failures === MAX_FAILURES) this.#failed.push({ errand, reason, message });
    else this.#waiting.push(errand);
  }

  /** What it had in hand is delivered again, first, to another one. */
  #gone(courier: ChildProcess): void {
    this.#waiting.unshift(...(this.#couriers.get(courier)?.values() ?? []));
    this.#couriers.delete(courier);
    if (!this.#isOver) this.#start();
  }
}
