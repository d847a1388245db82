import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderDocument } from '../../demo/orders/make-orders.ts';
import { PublishUnconfirmedError, RabbitMQ } from '../../src/index.ts';
import { orderSchema } from '../../src/orders/order.ts';
import { canonicalText, type EventRecord, type VersionRecord } from '../checks/records.ts';
import type { PlannedEvent, Step } from './plan.ts';
import type { Random } from './random.ts';

const PUBLISH_TIMEOUT_MS = 5_000;
const AGAIN_AFTER_MS = 200;
/** Then the shop gives up on the event, which counts as refused. */
const MAX_TRIES = 40;
/** The share of unconfirmed events that is not sent again, so that nothing knows whether they arrived. */
const LEFT_UNKNOWN = 0.3;

/** The shop's website: changes orders, publishes their events at a steady pace, and records the results. */
export class ChaosPublisher implements AsyncDisposable {
  readonly events: EventRecord[] = [];
  readonly versions = new Map<string, VersionRecord[]>();
  readonly #steps: readonly Step[];
  readonly #rabbit: RabbitMQ;
  readonly #put: (order: OrderDocument) => void;
  readonly #random: Random;
  readonly #perSecond: number;
  readonly #withholds: (orderNumber: string) => boolean;
  readonly #total: number;
  #published = 0;
  #resumed: PromiseWithResolvers<void> | undefined;
  #watchers: { readonly share: number; readonly resolve: () => void }[] = [];

  constructor(options: {
    readonly steps: readonly Step[];
    readonly url: string;
    readonly queue: string;
    readonly queueType: 'classic' | 'quorum';
    readonly put: (order: OrderDocument) => void;
    readonly random: Random;
    readonly perSecond: number;
    /** Orders whose events are never published. They count as confirmed, as reconciliation must find them. */
    readonly withholds: (orderNumber: string) => boolean;
  }) {
    const { url, queue, queueType } = options;
    this.#steps = options.steps;
    this.#put = options.put;
    this.#random = options.random;
    this.#perSecond = options.perSecond;
    this.#withholds = options.withholds;
    this.#total = options.steps.filter(({ kind }) => kind === 'publish').length;
    this.#rabbit = new RabbitMQ({
      url,
      exchange: queue,
      queue,
      routingKey: queue,
      queueType,
      publishTimeoutMs: PUBLISH_TIMEOUT_MS,
      connectionName: 'the shop',
    });
  }

  get published(): number {
    return this.#published;
  }

  get total(): number {
    return this.#total;
  }

  /** Resolves when this share of the events, from 0 to 1, has been published. */
  progress(share: number): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.push({ share, resolve });
      this.#notifyWatchers();
    });
  }

  pause(): void {
    this.#resumed ??= Promise.withResolvers<void>();
  }

  resume(): void {
    this.#resumed?.resolve();
    this.#resumed = undefined;
  }

  /** Carries out the whole plan. */
  async run(): Promise<void> {
    await this.#resumed?.promise;
    await this.#rabbit.open();
    let startedAt = performance.now();
    for (const step of this.#steps) {
      const pausedAt = performance.now();
      await this.#resumed?.promise;
      startedAt += performance.now() - pausedAt;
      if (step.kind === 'change') this.change(step.order);
      else {
        await this.#publish(step.event);
        const dueMs = (this.#published / this.#perSecond) * 1000 - (performance.now() - startedAt);
        // When behind schedule after a fault, it does not wait.
        if (dueMs > 1) await sleep(dueMs);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rabbit.close();
  }

  /** Without an event of its own. */
  change(order: OrderDocument): void {
    const { orderNumber, updatedAt } = order;
    const versions = this.versions.get(String(orderNumber)) ?? [];
    versions.push({ content: contentOf(order), updatedAt });
    this.versions.set(String(orderNumber), versions);
    this.#put(order);
  }

  async #publish({ id, orderNumber, fate, announces, content }: PlannedEvent): Promise<void> {
    const versions = this.versions.get(orderNumber ?? '') ?? [];
    const version = versions.length - 1;
    const announced = announces === undefined ? undefined : contentOf(announces);
    const isWithheld = this.#withholds(orderNumber ?? '');
    let result: EventRecord['result'] = isWithheld ? 'confirmed' : 'refused';
    let tries = 0;
    while (tries < MAX_TRIES && result !== 'confirmed') {
      tries += 1;
      result = await this.#try(id, content);
      if (result === 'unknown' && this.#random.chance(LEFT_UNKNOWN)) break;
      if (result !== 'confirmed') await sleep(AGAIN_AFTER_MS);
    }
    this.events.push({ id, orderNumber, fate, version, announces: indexOfContent(versions, announced), result, tries });
    this.#published += 1;
    this.#notifyWatchers();
  }

  async #try(messageId: string, content: string): Promise<EventRecord['result']> {
    const { queue } = this.#rabbit;
    const properties = { messageId, contentType: 'application/json' };
    try {
      await this.#rabbit.publish({ exchange: queue, routingKey: queue, content: Buffer.from(content), properties });
      return 'confirmed';
    } catch (error) {
      return error instanceof PublishUnconfirmedError ? 'unknown' : 'refused';
    }
  }

  #notifyWatchers(): void {
    const share = this.#total === 0 ? 1 : this.#published / this.#total;
    for (const watcher of this.#watchers) if (watcher.share <= share) watcher.resolve();
    this.#watchers = this.#watchers.filter((watcher) => watcher.share > share);
  }
}

function contentOf(order: OrderDocument): string {
  return canonicalText(orderSchema.parse(order));
}

function indexOfContent(versions: readonly VersionRecord[], content: string | undefined): number {
  return versions.findIndex((version) => version.content === content);
}
