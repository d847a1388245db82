import type { Endpoint } from '../broker/endpoint.ts';

/** The management API's own figures are that old. */
const KNOWN_FOR_MS = 5_000;

/**
 * Counts the events whose delay is over and which RabbitMQ has yet to hand from a retry queue to the main one. That takes moments,
 * except in RabbitMQ 3 after a partition. Only the management API counts them.
 */
export class HeldBack {
  readonly #url: string;
  readonly #login: () => Endpoint;
  readonly #retryQueues: readonly string[];
  #known: { readonly events: Promise<number | undefined>; readonly until: number } | undefined;

  /** @param url of the management API @param login its credentials, as they are now */
  constructor(url: string, login: () => Endpoint, retryQueues: readonly string[]) {
    this.#url = url;
    this.#login = login;
    this.#retryQueues = retryQueues;
  }

  /** @returns undefined when the management API does not say. Never rejects. */
  look(): Promise<number | undefined> {
    const now = performance.now();
    if (this.#known === undefined || now >= this.#known.until)
      this.#known = { events: this.#count().catch(() => undefined), until: now + KNOWN_FOR_MS };
    return this.#known.events;
  }

  async #count(): Promise<number> {
    const { readQueues } = await import('../broker/management.ts');
    const queues = await readQueues(this.#url, this.#login(), this.#retryQueues);
    return [...queues.values()].reduce((sum, { underWay }) => sum + underWay, 0);
  }
}
