import { withTimeout } from '../async/deadline.ts';
import type { Delivery } from '../broker/delivery.ts';
import type { Endpoints } from '../broker/endpoint.ts';
import { Publisher } from '../broker/publisher.ts';
import { copiedProperties } from '../messages/headers.ts';

/**
 * Publishes copies of messages to the end of a queue. It has a connection of its own, opened when it is first needed: under a
 * memory or disk alarm, the broker stops reading from one that publishes.
 */
export class Copies {
  readonly #endpoints: () => Endpoints;
  readonly #queue: string;
  #publisher: Promise<Publisher> | undefined;

  constructor(endpoints: () => Endpoints, queue: string) {
    this.#endpoints = endpoints;
    this.#queue = queue;
  }

  /** @returns true once the broker has confirmed the copy; false when it did not. Never rejects. */
  async add(delivery: Delivery): Promise<boolean> {
    const properties = copiedProperties(delivery);
    // Open before the first one is published, so that none overtakes another.
    this.#publisher ??= this.#open();
    const publisher = await this.#publisher;
    try {
      await publisher.publish({ exchange: '', routingKey: this.#queue, content: delivery.content, properties });
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await (await this.#publisher)?.close();
  }

  /** Never rejects: a publish that finds no connection says so. */
  async #open(): Promise<Publisher> {
    const publisher = new Publisher({
      endpoints: this.#endpoints,
      name: 'order-sync dead letters, copying',
      timeoutMs: TIMEOUT_MS,
      declare: async () => undefined,
      onBlocked: () => undefined,
      onUnblocked: () => undefined,
      observer: { onUp: () => undefined, onDown: () => undefined, onRetry: () => undefined },
    });
    const opened = publisher.open().catch(() => undefined);
    await withTimeout(opened, TIMEOUT_MS, () => undefined);
    return publisher;
  }
}

const TIMEOUT_MS = 10_000;
