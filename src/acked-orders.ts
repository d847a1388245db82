import type { Logger } from 'pino';
import { AckMemory } from './ack-memory/ack-memory.ts';
import { ackedOrder } from './ack-memory/acked-order.ts';
import type { ReadableStore } from './ack-memory/read-back.ts';
import { Recovery, type RecoveryOptions } from './ack-memory/recovery.ts';
import { type LossListener, RecoveryLog } from './ack-memory/recovery-log.ts';
import { scopeOf } from './ack-memory/scope.ts';
import type { Config } from './config/load-config.ts';
import type { Attempt } from './delivery/attempt.ts';
import type { InternalSystem } from './internal-system/internal-system.ts';
import { nameToFetch } from './shop/order-stub.ts';
import type { ShopClient } from './shop/shop-client.ts';

const LOOK_EVERY_MS = 5_000;

export interface AckedOrdersParts extends Pick<RecoveryOptions, 'walk' | 'isBusy'> {
  readonly config: Config;
  readonly logger: Logger;
  readonly shop: ShopClient;
  readonly losses: LossListener | undefined;
  /** Publishes an event for this order. */
  readonly publish: (reference: string) => Promise<void>;
}

/** Remembers what was acked, and has brought back what the internal system forgets of it. */
export class AckedOrders {
  readonly #memory: AckMemory;
  readonly recovery: Recovery;

  private constructor(store: ReadableStore, parts: AckedOrdersParts) {
    const { config, logger, shop, losses, publish, walk, isBusy } = parts;
    this.#memory = new AckMemory({
      path: config.ackMemoryFile,
      scope: scopeOf(config.shopName, config.internalSystem),
      warn: (message) => logger.warn(`ACK_MEMORY_FILE: ${message}`),
    });
    this.recovery = new Recovery({
      memory: this.#memory,
      store,
      publish: (order) => publish(nameToFetch(order, shop.fetchesBy)),
      walk,
      isBusy,
      log: new RecoveryLog(logger, losses),
      lookEveryMs: LOOK_EVERY_MS,
    });
  }

  /** @returns undefined where the internal system can't be asked what it holds: a module of the user's own need not be able to */
  static of({ reconciliation }: InternalSystem, parts: AckedOrdersParts): AckedOrders | undefined {
    if (reconciliation?.storedVersions === undefined) return undefined;
    const store: ReadableStore = {
      storedVersions: reconciliation.storedVersions.bind(reconciliation),
      knownOrders: reconciliation.knownOrders.bind(reconciliation),
      readScan: reconciliation.readScan.bind(reconciliation),
    };
    return new AckedOrders(store, parts);
  }

  /** Call it before the ack: killed in between, the order is remembered and its event comes again, which does no harm. */
  note({ order, written, writtenAt }: Pick<Attempt, 'order' | 'written' | 'writtenAt'>): void {
    if (order === undefined || writtenAt === undefined) return;
    // Something newer is stored, which whoever wrote it remembers.
    if (written?.outcome === 'stale') return;
    this.#memory.note(ackedOrder(order, { writtenAt, ackedAt: Date.now() }));
  }

  /** Nothing is remembered. Otherwise, an internal system that holds nothing is not new. */
  get isEmpty(): boolean {
    return this.#memory.isEmpty;
  }

  /** After the last ack, and once the recovery has stopped. */
  close(): void {
    this.#memory.close();
  }
}
