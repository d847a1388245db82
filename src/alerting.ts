import type { Logger } from 'pino';
import { SafeDatabase } from './ack-memory/safe-database.ts';
import { type AlertFigures, Alerts } from './alerts/alerts.ts';
import { createTargets } from './alerts/targets/create-targets.ts';
import type { Awaited, WatchedWay } from './alerts/watch/present-troubles.ts';
import { ownMemory, type SharedMemory, sharedMemory } from './alerts/watch/shared-memory.ts';
import type { OverduePause } from './alerts/watch/shared-troubles.ts';
import { Watch, type WatchedDaemon } from './alerts/watch/watch.ts';
import type { RabbitMQ } from './broker/rabbitmq.ts';
import type { AlertConfig, Config } from './config/load-config.ts';
import type { Dependency } from './errors.ts';
import type { StallDetector } from './health/stall-detector.ts';
import type { InternalSystem } from './internal-system/internal-system.ts';
import { Turn } from './internal-system/turn.ts';
import type { ShopClient } from './shop/shop-client.ts';
import { readWebhookState } from './webhooks/webhook-state.ts';
import type { WebhookConfig, WebhookFigures } from './webhooks/webhooks.ts';

/** What alerts watch of the daemon: each is there once the daemon has got that far. */
export interface AlertedParts {
  readonly rabbit: RabbitMQ | undefined;
  /** The way of the orders, and that of the shipments. */
  readonly ways: readonly WatchedWay[];
  readonly awaited: Awaited | undefined;
  readonly stallDetector: StallDetector | undefined;
  readonly webhooks: WebhookFigures | undefined;
  readonly shop: ShopClient | undefined;
  /** Set while a pause lasts that may have been forgotten. */
  readonly overduePause: OverduePause | undefined;
  readonly internalSystem: InternalSystem | undefined;
  readonly works: Readonly<Record<Dependency, () => Promise<boolean | undefined>>> | undefined;
}

export interface AlertingOptions {
  readonly config: Config;
  readonly alerts: AlertConfig;
  readonly logger: Logger;
  readonly parts: () => AlertedParts;
  /** Aborted when the daemon begins to stop. */
  readonly stopping: AbortSignal;
}

/** For what is told last. A supervisor waits longer than this. */
const CLOSE_TIMEOUT_MS = 3_000;

/** Alerts, as the daemon has them: what happens there, told to whoever ALERT_URL names. Loaded only where that is set. */
export class Alerting {
  readonly watch: Watch;
  readonly #options: AlertingOptions;
  readonly #alerts: Alerts;
  readonly #database: SafeDatabase;
  #turn: Turn | undefined;
  #memory: SharedMemory | undefined;

  constructor(options: AlertingOptions) {
    const { config, alerts, logger, parts, stopping } = options;
    this.#options = options;
    this.#alerts = new Alerts({ targets: createTargets(alerts), logger });
    this.#database = new SafeDatabase(config.ackMemoryFile, () =>
      logger.warn('ACK_MEMORY_FILE cannot be used: what lasts when the daemon is restarted may be told a second time'),
    );
    this.watch = new Watch({
      shopName: config.shopName,
      language: alerts.language,
      outageAfterMs: alerts.outageAfterMs,
      database: this.#database,
      scope: `${config.shopName} ${config.rabbitmq.queue}`,
      send: (message) => this.#alerts.send(message),
      logger,
      daemon: { ...watched(parts, config.webhooks?.spool), memory: () => this.#memory },
      stopping,
    });
  }

  /** Call it once the internal system is open, and before the first order is taken. */
  opened({ listOrders, reconciliation }: InternalSystem): void {
    const { logger, parts, alerts } = this.#options;
    this.#turn = reconciliation && new Turn(reconciliation, 'alerts');
    const memory = this.#turn === undefined ? ownMemory() : sharedMemory(this.#turn);
    this.#memory = memory;
    if (alerts.silence === undefined) return;
    if (listOrders === undefined) {
      logger.warn('ALERT_SILENCE has no effect: this internal system cannot list its orders');
      return;
    }
    this.watch.watchSilence({
      settings: alerts.silence,
      memory,
      listOrders: async (filter) => (await parts().internalSystem?.listOrders?.(filter)) ?? [],
    });
  }

  /** Of each target, since the start. */
  get figures(): readonly AlertFigures[] {
    return this.#alerts.figures;
  }

  /** After the last delivery, and before the internal system is closed. Never rejects. */
  async close(): Promise<void> {
    this.watch.flush();
    await Promise.all([this.watch.ended(), this.#alerts.close(CLOSE_TIMEOUT_MS)]);
    await this.#turn?.end();
    this.#database.close();
  }
}

function watched(parts: () => AlertedParts, spool: WebhookConfig['spool'] | undefined): Omit<WatchedDaemon, 'memory'> {
  let failed = 0;
  const webhooksRefused = () => {
    const { webhooks } = parts();
    // "order-sync webhooks", beside the daemon, may take them.
    if (webhooks === undefined && spool !== undefined)
      return (readWebhookState(spool.path)?.spooled ?? 0) >= spool.max ? 'full' : undefined;
    if (webhooks?.isSpoolFull) return 'full';
    const before = failed;
    failed = webhooks?.counts.failed ?? 0;
    return failed > before ? 'failed' : undefined;
  };
  return {
    state: () => {
      const { ways, awaited, stallDetector } = parts();
      return { ways, awaited, stall: stallDetector?.stall, webhooksRefused: webhooksRefused() };
    },
    isConsuming: () => parts().rabbit?.isConsuming === true,
    waiting: async () => await parts().rabbit?.waiting(),
    works: async (part) => await parts().works?.[part](),
    shop: () => parts().shop,
    overduePause: () => parts().overduePause,
    findOrders: (reference) => parts().internalSystem?.findOrders?.(reference),
    readScan: () => {
      const { reconciliation } = parts().internalSystem ?? {};
      return reconciliation?.readScan.bind(reconciliation);
    },
  };
}
