import type { Logger } from 'pino';
import { withTimeout } from './async/deadline.ts';
import { REFUSAL_PATIENCE_MS } from './broker/refusals.ts';
import type { Config } from './config/load-config.ts';
import { ConfigError } from './errors.ts';
import type { InternalSystem } from './internal-system/internal-system.ts';
import type { OrderWriter } from './internal-system/order-writer.ts';
import { logBlockage, logConnections, logIntake } from './logging/daemon-log.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { PauseWatch } from './pause/pause-watch.ts';
import type { DailyPruning } from './retention/daily-pruning.ts';
import type { Shipments } from './shipments/shipments.ts';
import type { OrderFetcher } from './shop/order-fetcher.ts';
import type { ShopClient } from './shop/shop-client.ts';

export interface BesideParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
  readonly pauses: Pick<PauseWatch, 'pause'>;
  readonly fetcher: Pick<OrderFetcher, 'works'>;
  readonly writer: Pick<OrderWriter, 'works'>;
  /** During an outage, or because a person has paused. */
  readonly isPaused: () => boolean;
}

/** Longer than the messages under way take. */
const OUTBOX_STOP_MS = 5_000;

/**
 * What the daemon does beside the orders, over connections of its own: tell the shop what was shipped (REPORT_SHIPMENTS), and others
 * what was synced (SYNCED_EXCHANGE), and delete what is old (RETENTION_DAYS). Loaded only where it is configured.
 */
export class BesideOrders {
  readonly shipments: Shipments | undefined;
  readonly outbox: Outbox | undefined;

  readonly #pruning: DailyPruning | undefined;

  private constructor(shipments: Shipments | undefined, outbox: Outbox | undefined, pruning: DailyPruning | undefined) {
    this.shipments = shipments;
    this.outbox = outbox;
    this.#pruning = pruning;
  }

  /** @throws ConfigError if the shop or the internal system can't */
  static async load(parts: BesideParts): Promise<BesideOrders> {
    return new BesideOrders(await shipmentsOf(parts), await outboxOf(parts), await pruningOf(parts));
  }

  /** @throws BrokerRefusedError */
  async start(): Promise<void> {
    await this.shipments?.start();
    await this.outbox?.start();
    this.#pruning?.start();
  }

  /** @returns false when the time was up before everything in flight was finished */
  async stop(timeoutMs: number): Promise<boolean> {
    const ended = Promise.all([this.outbox?.stop(), this.#pruning?.stop()]);
    const published = withTimeout(ended, OUTBOX_STOP_MS, () => undefined);
    const report = await this.shipments?.stop(timeoutMs);
    await published;
    return report?.isCutShort !== true;
  }

  get inFlight(): number {
    return this.shipments?.intake.inFlight ?? 0;
  }

  /** Resolves once nothing is in flight. */
  async hold(): Promise<void> {
    await this.shipments?.intake.hold();
  }

  release(): void {
    this.shipments?.intake.release();
  }

  async crash(): Promise<void> {
    await this.shipments?.crash();
  }
}

async function shipmentsOf({ config, fetcher, writer, ...parts }: BesideParts): Promise<Shipments | undefined> {
  const { reportShipments, retryDelaysMs, managementUrl } = config;
  if (!reportShipments) return undefined;
  const { Shipments } = await import('./shipments/shipments.ts');
  const logger = parts.logger.child({}, { msgPrefix: 'shipments: ' });
  const shipments = new Shipments({
    ...parts,
    rabbitmq: { ...config.rabbitmq, refusalPatienceMs: REFUSAL_PATIENCE_MS },
    retryDelaysMs,
    managementUrl,
    shopWorks: () => fetcher.works(),
    internalSystemWorks: () => writer.works(),
    logger,
  });
  logConnections(shipments.rabbit, logger);
  logIntake(shipments.intake, logger);
  logBlockage(shipments.blockage, logger);
  return shipments;
}

async function pruningOf({ config, logger, internalSystem, isPaused }: BesideParts): Promise<DailyPruning | undefined> {
  const { retentionDays } = config;
  if (retentionDays === undefined) return undefined;
  const { DailyPruning } = await import('./retention/daily-pruning.ts');
  return new DailyPruning({ internalSystem, retentionDays, isPaused, logger });
}

async function outboxOf({ config, logger, internalSystem, pauses }: BesideParts): Promise<Outbox | undefined> {
  const { syncedExchange: exchange, rabbitmq } = config;
  if (exchange === undefined) return undefined;
  const { outbox: store, reconciliation } = internalSystem;
  if (store === undefined || reconciliation === undefined)
    throw new ConfigError(['SYNCED_EXCHANGE is set, but this internal system has no outbox.']);
  const [{ Outbox }, { Turn }, { ExchangePublisher }] = await Promise.all([
    import('./outbox/outbox.ts'),
    import('./internal-system/turn.ts'),
    import('./broker/exchange-publisher.ts'),
  ]);
  const options = { ...rabbitmq, refusalPatienceMs: REFUSAL_PATIENCE_MS, connectionName: 'order-sync outbox' };
  const publisher = new ExchangePublisher(options, exchange);
  const ownLogger = logger.child({}, { msgPrefix: 'outbox: ' });
  logConnections(publisher, ownLogger);
  return new Outbox({
    ...{ store, publisher, exchange },
    turn: new Turn(reconciliation, 'outbox'),
    isHeld: () => pauses.pause !== undefined,
    logger: ownLogger,
  });
}
