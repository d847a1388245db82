import type { Logger } from 'pino';
import { backoffMs } from '../async/backoff.ts';
import type { AlertMessage } from './alert-message.ts';
import { AlertError, type AlertTarget } from './targets/target.ts';

/** More at once is a flood, of which nobody reads the beginning. */
const MOST_WAITING = 100;
/** What is older is no news. */
const LONGEST_WAIT_MS = 60 * 60_000;
const RETRY = { minMs: 2_000, maxMs: 300_000 };
const MINUTE_MS = 60_000;

/** Of one target, since the start. */
export interface AlertFigures {
  /** @see AlertTarget.name */
  readonly target: string;
  readonly sent: number;
  /** Refused, or not taken within an hour. */
  readonly failed: number;
  /** Pushed out by newer ones, or left when the daemon stopped. */
  readonly dropped: number;
  readonly waiting: number;
}

interface Waiting {
  readonly message: AlertMessage;
  readonly since: number;
}

/** What waits for one target, sent in order and one at a time, no faster than the platform allows. */
export class TargetQueue {
  readonly #target: AlertTarget;
  readonly #logger: Logger;
  readonly #waiting: Waiting[] = [];
  readonly #ending = new AbortController();
  readonly #aborted = new AbortController();
  #running: Promise<void> | undefined;
  #underWay = 0;
  #failuresInARow = 0;
  /** Not delivered since the last one that was. */
  #missed = 0;
  #sent = 0;
  #failed = 0;
  #dropped = 0;
  #attemptsAt: number[] = [];

  constructor(target: AlertTarget, logger: Logger) {
    this.#target = target;
    this.#logger = logger.child({ target: target.name, host: target.host });
  }

  get figures(): AlertFigures {
    return {
      target: this.#target.name,
      sent: this.#sent,
      failed: this.#failed,
      dropped: this.#dropped,
      waiting: this.#waiting.length + this.#underWay,
    };
  }

  /** The oldest one makes room if need be. Nothing is taken once the end has begun. */
  add(message: AlertMessage): void {
    if (this.#ending.signal.aborted) return;
    this.#waiting.push({ message, since: performance.now() });
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#lost('dropped', 1);
    }
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Sends what waits, without a pause, until one fails. Resolves once nothing waits any more. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  /** Drops what waits. */
  abort(): void {
    this.#aborted.abort();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#underWay = 1;
      await this.#deliver(next);
      this.#underWay = 0;
    }
  }

  async #deliver({ message, since }: Waiting): Promise<void> {
    while (!this.#aborted.signal.aborted) {
      if (performance.now() - since > LONGEST_WAIT_MS) return this.#gaveUp(message, 'no attempt succeeded in an hour');
      await this.#pace();
      if (this.#aborted.signal.aborted) break;
      const missed = this.#missed;
      try {
        await this.#target.send(message, missed, this.#aborted.signal);
        this.#missed -= missed;
        this.#delivered();
        return;
      } catch (thrown) {
        if (this.#aborted.signal.aborted) break;
        const error = AlertError.from(thrown);
        if (!error.mayPass) return this.#gaveUp(message, error);
        if (this.#ending.signal.aborted) break;
        await this.#waitAfter(error);
      }
    }
    this.#dropAll();
  }

  /** As a window of a minute slides on, as the platforms count. */
  async #pace(): Promise<void> {
    const { perMinute } = this.#target;
    if (perMinute === undefined) return;
    const oldest = this.#attemptsAt.length < perMinute ? undefined : this.#attemptsAt.shift();
    if (oldest !== undefined) await pause(oldest + MINUTE_MS - performance.now(), this.#aborted.signal);
    this.#attemptsAt.push(performance.now());
  }

  async #waitAfter(error: AlertError): Promise<void> {
    const delayMs = Math.max(backoffMs(this.#failuresInARow, RETRY), error.retryAfterMs ?? 0);
    const level = this.#failuresInARow === 0 ? 'warn' : 'debug';
    this.#failuresInARow += 1;
    this.#logger[level]({ error: error.message, delayMs }, 'alerts cannot be delivered: trying again for an hour');
    await pause(delayMs, this.#ending.signal);
  }

  #delivered(): void {
    this.#sent += 1;
    if (this.#failuresInARow > 0) this.#logger.info('alerts are delivered again');
    this.#failuresInARow = 0;
  }

  #gaveUp({ id, kind }: AlertMessage, why: AlertError | string): void {
    this.#lost('failed', 1);
    const error = typeof why === 'string' ? why : why.message;
    this.#logger.warn({ id, kind, error }, 'an alert was not delivered');
  }

  /** The one under way, and all behind it. */
  #dropAll(): void {
    const count = this.#waiting.splice(0).length + 1;
    this.#lost('dropped', count);
    this.#logger.warn({ count }, 'alerts were not delivered before the end');
  }

  #lost(how: 'failed' | 'dropped', count: number): void {
    this.#missed += count;
    if (how === 'failed') this.#failed += count;
    else this.#dropped += count;
  }
}

/** Ends early, without an error, when `signal` is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end, { once: true });
  await over.promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', end);
}
