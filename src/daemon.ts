import { AckedOrders } from './acked-orders.ts';
import type { Alerting } from './alerting.ts';
import { withTimeout } from './async/deadline.ts';
import { Awaiting } from './awaiting.ts';
import { BesideOrders } from './beside-orders.ts';
import type { BrokerRefusedError } from './broker/errors.ts';
import type { RabbitMQOptions } from './broker/options.ts';
import { RabbitMQ } from './broker/rabbitmq.ts';
import { REFUSAL_PATIENCE_MS } from './broker/refusals.ts';
import type { Config } from './config/load-config.ts';
import type { Attempt } from './delivery/attempt.ts';
import type { Intake } from './delivery/intake.ts';
import { type ConfigError, SyncError } from './errors.ts';
import { notifySystemd } from './health/systemd.ts';
import { watchAlarms } from './health/watch-alarms.ts';
import { daemonHeartbeat } from './heartbeat/daemon-heartbeat.ts';
import type { Heartbeat } from './heartbeat/heartbeat.ts';
import { createInternalSystem } from './internal-system/create-internal-system.ts';
import type { InternalSystem, Notify } from './internal-system/internal-system.ts';
import { logConnections, logStop } from './logging/daemon-log.ts';
import type { Log } from './logging/logger.ts';
import { retryQueues } from './messages/retry-queues.ts';
import type { Operations, OperationsParts } from './operations.ts';
import { OwnHealth } from './own-health.ts';
import { applyPauses } from './pause/apply-pauses.ts';
import { PauseWatch } from './pause/pause-watch.ts';
import type { PeriodicReconciliation } from './reconcile/periodic.ts';
import { reconciling, scanningOf } from './reconciling.ts';
import { createShop } from './shop/create-shop.ts';
import type { OrderFetcher } from './shop/order-fetcher.ts';
import type { ShopClient } from './shop/shop-client.ts';
import { openSpans } from './spans.ts';
import { VERSION } from './version.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import { type Wired, wire } from './wire.ts';

/** A process with a bug must not linger: it does not wait for a broker or database that is away. */
const CRASH_TIMEOUT_MS = 3_000;

/** Longer than the built-in parts take by themselves, and short enough for a supervisor that waits 15 s more than the deadline. */
const CLOSE_TIMEOUT_MS = 5_500;

/**
 * The composition root: wires broker, shop and internal system together, starts them, and stops them in the right order.
 */
export class Daemon {
  readonly #config: Config;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #awaiting: Awaiting;
  #shop: ShopClient | undefined;
  #internalSystem: InternalSystem | undefined;
  #rabbit: RabbitMQ | undefined;
  #fetcher: OrderFetcher | undefined;
  #intake: Intake | undefined;
  #health: OwnHealth | undefined;
  #reconciliation: PeriodicReconciliation | undefined;
  #operations: Operations | undefined;
  #webhooks: Webhooks | undefined;
  #besideOrders: BesideOrders | undefined;
  #ackedOrders: AckedOrders | undefined;
  #pauses: PauseWatch | undefined;
  #heartbeat: Heartbeat | undefined;
  #wired: Wired | undefined;
  #alerting: Alerting | undefined;

  constructor(config: Config, log: Log) {
    this.#config = config;
    this.#log = log;
    this.#awaiting = new Awaiting(log.logger, this.#stopping.signal);
  }

  /**
   * Resolves once orders are being consumed, however long the broker and the internal system are away.
   *
   * @throws ConfigError, BrokerRefusedError: a person has to change something first
   */
  async start(): Promise<void> {
    const config = this.#config;
    const { logger } = this.#log;
    logger.info(
      { queue: config.rabbitmq.queue, shop: config.shopName, version: VERSION, node: process.version },
      'starting',
    );
    for (const warning of config.warnings) logger.warn(warning);
    await openSpans();
    const rabbit = this.#connectable();
    this.#rabbit = rabbit;
    await this.#startAlerting();
    await this.#startWebhooks(rabbit);
    const { shopName, env } = config;
    const shop = await this.#awaiting.until('shop', () => createShop(config.shop, env));
    this.#shop = shop;
    const notify: Notify = (level, message) => logger[level](message);
    const lookSoon = () => this.#ackedOrders?.recovery.lookSoon();
    const internalSystem = await this.#awaiting.until('internal system', () =>
      createInternalSystem({ ...config.internalSystem, shop: shopName, env, notify, connected: lookSoon }),
    );
    this.#internalSystem = internalSystem;
    const remember = (attempt: Attempt) => this.#ackedOrders?.note(attempt);
    const wired = wire(config, logger, { rabbit, shop, internalSystem, remember });
    this.#wired = wired;
    const { intake, fetcher, writer, deliverer, blockage } = wired;
    this.#intake = intake;
    this.#fetcher = fetcher;
    intake.on('settled', ({ facts }) => this.#operations?.metrics.observe(facts));
    const alerts = this.#alerting?.watch;
    if (alerts !== undefined) intake.on('settled', alerts.settledOrder);
    const reconciliation = reconciling({
      ...{ config, logger, rabbit, intake, shop, internalSystem },
      onScanned: (summary) => this.#operations?.metrics.observeScan(summary),
      onDueScan: (ended) => this.#alerting?.watch.scanEnded(ended),
    });
    this.#reconciliation = reconciliation;
    const walk = (since: Date) => reconciliation.scanOnRequest(since);
    this.#ackedOrders = AckedOrders.of(internalSystem, {
      ...scanningOf({ rabbit, intake, shop }),
      ...{ config, logger, walk, losses: alerts?.losses },
    });
    intake.on('outageEnded', lookSoon);
    const pauses = new PauseWatch(internalSystem.pauses);
    this.#pauses = pauses;
    const beside = await BesideOrders.load({
      ...{ config, logger, shop, internalSystem, pauses, fetcher, writer },
      isPaused: () => intake.outage !== undefined || pauses.pause !== undefined,
    });
    this.#besideOrders = beside;
    if (alerts !== undefined) beside.shipments?.intake.on('settled', alerts.settledShipment);
    const { queue } = config.rabbitmq;
    applyPauses(pauses, { orders: intake, beside, logger });
    const own = new OwnHealth({
      ...{ config, rabbit, intake, blockage, pauses },
      webhooks: () => this.#webhooks?.figures,
      module: 'url' in config.internalSystem ? undefined : internalSystem,
      warnings: () => this.#log.problems(),
      stopping: this.#stopping.signal,
    });
    this.#health = own;
    const health = () => own.now();
    const heartbeat = daemonHeartbeat({
      ...{ rabbit, intake, pauses, health, logger, store: internalSystem.daemons },
      rabbitmq: { queue, prefetch: config.rabbitmq.prefetch },
      inFlightBeside: () => beside.inFlight,
      isStopping: () => this.#stopping.signal.aborted,
    });
    this.#heartbeat = heartbeat;
    const load = () => ({ fetch: fetcher.load, write: writer.load, deliver: deliverer?.load });
    await this.#startOperations({
      state: { rabbit, intake, blockage, pauses, load, health },
      ...{ shop, internalSystem, beside },
      daemonId: heartbeat.id,
    });
    await this.#awaiting.until('internal system', () => internalSystem.open());
    this.#alerting?.opened(internalSystem);
    await this.#awaiting.until('internal system', () => pauses.start());
    heartbeat.start();
    await rabbit.open();
    watchAlarms(rabbit, this.#stopping.signal);
    // Before anything is asked of an ERP that is being worked on.
    if (intake.isHeld) void notifySystemd(config.notifySocket, 'READY=1');
    await intake.released();
    const { delivery } = internalSystem;
    if (delivery !== undefined) await this.#awaiting.until('ERP', () => delivery.open(this.#stopping.signal));
    await reconciliation.prepare(this.#ackedOrders?.isEmpty !== false);
    await intake.start();
    reconciliation.start();
    this.#ackedOrders?.recovery.start();
    await beside.start();
    void notifySystemd(config.notifySocket, 'READY=1');
    logger.info({ queue, prefetch: config.rabbitmq.prefetch }, 'ready: waiting for orders');
    void this.#lookAtQueues();
    void internalSystem.prepareSearch?.((...line) => this.#stopping.signal.aborted || notify(...line));
  }

  /**
   * Stops taking deliveries, finishes those in flight, gives back the rest. Ends within SHUTDOWN_TIMEOUT_MS and a few seconds
   * more, whatever else is hung.
   *
   * @returns false when the time was up before everything in flight was finished
   */
  async stop(): Promise<boolean> {
    const { logger } = this.#log;
    this.#stopping.abort();
    logger.info({ inFlight: this.#intake?.inFlight ?? 0 }, 'stopping: finishing what is in flight');
    void notifySystemd(this.#config.notifySocket, 'STOPPING=1');
    const webhooksEnded = this.#webhooks?.stop();
    this.#pauses?.stop();
    const reconciliationEnded = this.#reconciliation?.stop();
    const recoveryEnded = this.#ackedOrders?.recovery.stop();
    this.#health?.stallDetector.stop();
    const { shutdownTimeoutMs } = this.#config;
    const besideStopped = this.#besideOrders?.stop(shutdownTimeoutMs);
    const stopped = this.#intake?.stop(shutdownTimeoutMs);
    this.#fetcher?.endHold(new SyncError('interrupted', 'The daemon stopped while the shop limited its requests.'));
    const report = await stopped;
    const isBesideFinished = await besideStopped;
    await inTime(webhooksEnded);
    await this.#rabbit?.close();
    await inTime(reconciliationEnded, recoveryEnded, this.#operations?.endActions(), this.#alerting?.close());
    this.#ackedOrders?.close();
    await this.#heartbeat?.stop();
    await inTime(this.#shop?.close?.(), this.#internalSystem?.close?.(), this.#operations?.close());
    logStop(report, logger);
    return report?.isCutShort !== true && isBesideFinished !== false;
  }

  /** A person has to change something before the daemon can run: tells them, once it is stopped. */
  gaveUp(error: ConfigError | BrokerRefusedError): void {
    this.#alerting?.watch.gaveUp(error.message);
  }

  /** The last step when a bug ends the process: counts an attempt of each event that may have caused it. */
  async crash(): Promise<void> {
    const counted = Promise.all([this.#intake?.crash(), this.#besideOrders?.crash()]);
    await withTimeout(counted, CRASH_TIMEOUT_MS, () => undefined);
    await this.#rabbit?.close();
  }

  #connectable(): RabbitMQ {
    const rabbit = new RabbitMQ({ ...this.#brokerOptions(), refusalPatienceMs: REFUSAL_PATIENCE_MS });
    logConnections(rabbit, this.#log.logger);
    return rabbit;
  }

  #brokerOptions(): RabbitMQOptions {
    const { rabbitmq, retryDelaysMs } = this.#config;
    return { ...rabbitmq, companionQueues: retryQueues(rabbitmq.queue, rabbitmq.queueType, retryDelaysMs) };
  }

  /** Not awaited, and loaded late: it must not delay the first order. */
  async #lookAtQueues(): Promise<void> {
    const { lookAtQueues } = await import('./look-at-queues.ts');
    await lookAtQueues(this.#brokerOptions(), this.#config.managementUrl, this.#log.logger);
  }

  /** Before anything else is up: what the daemon waits for at its start may be what people must hear of. */
  async #startAlerting(): Promise<void> {
    const { alerts } = this.#config;
    if (alerts === undefined) return;
    const { Alerting } = await import('./alerting.ts');
    const { logger } = this.#log;
    this.#alerting = new Alerting({
      config: this.#config,
      alerts,
      logger,
      stopping: this.#stopping.signal,
      parts: () => ({
        rabbit: this.#rabbit,
        ways: [
          ...(this.#rabbit === undefined ? [] : [{ rabbit: this.#rabbit, ...this.#wired }]),
          ...(this.#besideOrders?.shipments === undefined ? [] : [this.#besideOrders.shipments]),
        ],
        awaited: this.#awaiting.now,
        stallDetector: this.#health?.stallDetector,
        overduePause: this.#pauses?.overdue,
        webhooks: this.#webhooks?.figures,
        shop: this.#shop,
        internalSystem: this.#internalSystem,
        works: this.#wired?.works,
      }),
    });
    this.#alerting.watch.start();
  }

  /** Loaded only when the port is on: metrics are a third of the daemon's start-up otherwise. */
  async #startOperations(
    parts: Pick<OperationsParts, 'state' | 'shop' | 'internalSystem' | 'beside' | 'daemonId'>,
  ): Promise<void> {
    const { ops } = this.#config;
    if (ops === undefined) return;
    const { Operations } = await import('./operations.ts');
    this.#operations = await Operations.start({
      ...parts,
      ops,
      config: this.#config,
      log: this.#log,
      recovery: this.#ackedOrders?.recovery,
      alerts: this.#alerting,
      webhooks: this.#webhooks,
      stopping: this.#stopping.signal,
    });
  }

  /** Before anything else is up: whatever is away, the shop's webhooks are not lost. */
  async #startWebhooks(rabbit: RabbitMQ): Promise<void> {
    const { webhooks: config } = this.#config;
    if (config?.port === undefined) return;
    const { Webhooks } = await import('./webhooks/webhooks.ts');
    const { port } = config;
    const scan = async () => (await this.#reconciliation?.scanOnRequest()) ?? 'later';
    this.#webhooks = new Webhooks({ config, port, rabbit, scan, logger: this.#log.logger });
    await this.#webhooks.start();
  }
}

/** A part that hangs, or fails to close, ends with the process. */
async function inTime(...closing: (Promise<void> | undefined)[]): Promise<void> {
  await withTimeout(Promise.allSettled(closing), CLOSE_TIMEOUT_MS, () => undefined);
}
