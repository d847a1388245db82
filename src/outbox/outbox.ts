import type { Logger } from 'pino';
import { inParallel } from '../async/in-parallel.ts';
import { repeat } from '../async/repeat.ts';
import { UnroutableError } from '../broker/errors.ts';
import type { ExchangePublisher } from '../broker/exchange-publisher.ts';
import { asMessage } from '../broker/publication.ts';
import type { OutboxEntry, OutboxStore } from '../internal-system/outbox-store.ts';
import type { Turn } from '../internal-system/turn.ts';

const EVERY_MS = 500;
const AT_ONCE = 500;
const ORDERS_IN_FLIGHT = 50;
/** More are not counted. */
const MOST_COUNTED = 100_000;

export interface OutboxParts {
  readonly store: OutboxStore;
  readonly publisher: ExchangePublisher;
  /** The daemon whose turn it is publishes. */
  readonly turn: Turn;
  readonly exchange: string;
  /** While a person has paused the shop, nothing is taken from the internal system. */
  readonly isHeld: () => boolean;
  readonly logger: Logger;
}

/**
 * Tells others what was synced: "order N is now revision R", at least once, and for each order in the order of its revisions. An
 * entry is removed once the broker has its message in a queue; until then it waits, also while no queue is bound to the exchange.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #failing: string | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Resolves once the broker is there. @throws BrokerRefusedError */
  async start(): Promise<void> {
    await this.#parts.publisher.open();
    this.#running = repeat(
      EVERY_MS,
      this.#stopping.signal,
      () => this.#round(),
      (error) => this.#failed(error),
    );
  }

  /** How many messages wait, counted up to 100,000. @throws SyncError */
  waiting(): Promise<number> {
    return this.#parts.store.count(MOST_COUNTED);
  }

  /** What is not published by then waits for the next daemon. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#parts.publisher.close();
    await this.#running;
    await this.#parts.turn.end();
  }

  async #round(): Promise<void> {
    const { store, turn, isHeld } = this.#parts;
    while (!this.#stopping.signal.aborted && !isHeld() && (await turn.take()) !== undefined) {
      const entries = await store.oldest(AT_ONCE);
      if (entries.length === 0) break;
      await this.#publishAll(entries);
      this.#recovered();
    }
  }

  /** Those of one order one after the other: one that fails holds back the later ones. @throws the first failure */
  async #publishAll(entries: readonly OutboxEntry[]): Promise<void> {
    const published: OutboxEntry[] = [];
    const ofOrders = Map.groupBy(entries, ({ shopOrderId }) => shopOrderId).values();
    try {
      await inParallel(ofOrders, ORDERS_IN_FLIGHT, async (ofOrder) => {
        for (const entry of ofOrder) {
          await this.#parts.publisher.publish(messageOf(entry));
          published.push(entry);
        }
      });
    } finally {
      await this.#parts.store.remove(published);
    }
  }

  /** One line when it begins; the entries wait, and are tried again. */
  #failed(error: unknown): void {
    const { logger, exchange } = this.#parts;
    const isUnroutable = error instanceof UnroutableError;
    const what = isUnroutable
      ? `no queue takes messages from the exchange ${exchange}: what was synced waits in the outbox until one is bound to it`
      : 'what was synced could not be published: it waits in the outbox';
    const level = this.#failing === what ? 'debug' : 'error';
    this.#failing = what;
    logger[level](isUnroutable ? { exchange, error: error.message } : { exchange, err: error }, what);
  }

  #recovered(): void {
    if (this.#failing === undefined) return;
    this.#failing = undefined;
    this.#parts.logger.info({ exchange: this.#parts.exchange }, 'what was synced is published again');
  }
}

/** The same message id for each time that it is published: consumers drop what they have seen. */
function messageOf({ shop, orderNumber, shopOrderId, revision }: OutboxEntry) {
  const { content, properties } = asMessage({ shop, orderNumber, shopOrderId, revision }, {});
  const messageId = `${shop}/${shopOrderId}/${revision}`;
  return { routingKey: shop, content, properties: { ...properties, type: 'order.synced', messageId } };
}
