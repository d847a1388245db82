import type { Logger } from 'pino';
import { isInTime } from '../async/deadline.ts';
import type { AlertMessage } from './alert-message.ts';
import { type AlertFigures, TargetQueue } from './target-queue.ts';
import { AlertError, type AlertTarget } from './targets/target.ts';

export type { AlertFigures };

/** What became of one attempt at one target. */
export interface Delivered {
  readonly target: string;
  readonly host: string;
  /** Why it was not taken, in a sentence; undefined: it was. */
  readonly error: AlertError | undefined;
}

export interface AlertsParts {
  /** @see createTargets */
  readonly targets: readonly AlertTarget[];
  readonly logger: Logger;
}

/** Tells people. Each target has a queue of its own: one that is away holds up neither the others nor the caller. */
export class Alerts {
  readonly #targets: readonly AlertTarget[];
  readonly #queues: readonly TargetQueue[];

  constructor({ targets, logger }: AlertsParts) {
    this.#targets = targets;
    this.#queues = targets.map((target) => new TargetQueue(target, logger));
  }

  /** Never throws, never waits. After `close`, nothing is sent. */
  send(message: AlertMessage): void {
    for (const queue of this.#queues) queue.add(message);
  }

  /** One attempt at each target, all at once, beside the queues. Never rejects. */
  deliver(message: AlertMessage): Promise<Delivered[]> {
    return Promise.all(
      this.#targets.map(async (target) => {
        const { name, host } = target;
        try {
          await target.send(message, 0, new AbortController().signal);
          return { target: name, host, error: undefined };
        } catch (error) {
          return { target: name, host, error: AlertError.from(error) };
        }
      }),
    );
  }

  /** What waits gets one more attempt each, for as long as there is time; the rest is dropped. Never rejects. */
  async close(timeoutMs: number): Promise<void> {
    const stopped = Promise.all(this.#queues.map((queue) => queue.end()));
    if (!(await isInTime(stopped, timeoutMs))) for (const queue of this.#queues) queue.abort();
    await stopped;
    await Promise.all(this.#targets.map((target) => target.close()));
  }

  get figures(): readonly AlertFigures[] {
    return this.#queues.map(({ figures }) => figures);
  }
}
