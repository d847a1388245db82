import type { Logger } from 'pino';
import type { Relay } from './relay.ts';
import type { WebhookResult } from './results.ts';

/** Whoever floods the port must not flood the log. */
const ONE_LINE_PER_MS = 60_000;

/** What is logged of webhooks: what became of them, and nothing of what is in them. */
export class WebhookLog {
  readonly #logger: Logger;
  readonly #forged: Throttled;
  readonly #failed: Throttled;

  constructor(logger: Logger, relay: Relay) {
    this.#logger = logger;
    this.#forged = new Throttled((count) =>
      logger.warn(
        { count },
        'webhooks refused: the signature or the token is wrong. Does the shop use WEBHOOK_SECRET?',
      ),
    );
    this.#failed = new Throttled((count, error) =>
      logger.error(
        { count, ...(error === undefined ? {} : { err: error }) },
        error === undefined
          ? 'the webhook spool is full (WEBHOOK_SPOOL_MAX): the shop gets 503 until RabbitMQ is back'
          : 'the webhook spool cannot be written: the shop gets 503 until RabbitMQ is back, or the disk is',
      ),
    );
    relay.on('spooling', (why) =>
      logger.warn(
        { why: why instanceof Error ? why.message : String(why) },
        'webhooks wait on disk: RabbitMQ does not take them',
      ),
    );
    relay.on('drained', (events) => logger.info({ events }, 'the webhooks that waited on disk are in the queue'));
  }

  result(result: WebhookResult): void {
    if (result === 'forged') this.#forged.add();
    this.#logger.debug({ result }, 'webhook');
  }

  /** @param error undefined when the spool is full */
  failed(error: unknown): void {
    this.#failed.add(error);
  }
}

/** The first of a kind is logged at once, those after it together, a minute later at the earliest. */
class Throttled {
  readonly #log: (count: number, detail: unknown) => void;
  #since = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(log: (count: number, detail: unknown) => void) {
    this.#log = log;
  }

  add(detail?: unknown): void {
    this.#count += 1;
    const now = performance.now();
    if (now - this.#since < ONE_LINE_PER_MS) return;
    this.#log(this.#count, detail);
    this.#since = now;
    this.#count = 0;
  }
}
