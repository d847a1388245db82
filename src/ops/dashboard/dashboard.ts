import type { Logger } from 'pino';
import { forgottenOrder } from '../../ack-memory/forgotten-order.ts';
import type { RabbitMQ } from '../../broker/rabbitmq.ts';
import type { Config } from '../../config/load-config.ts';
import type { Intake } from '../../delivery/intake.ts';
import type { Health } from '../../health/health.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { type Depths, QueueDepths } from '../../messages/queue-depths.ts';
import { requestSync } from '../../messages/request-sync.ts';
import { deadLetterQueueName } from '../../messages/retry-queues.ts';
import type { PauseWatch } from '../../pause/pause-watch.ts';
import { Reconciler } from '../../reconcile/reconciler.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import type { WebhookState } from '../../webhooks/webhook-state.ts';
import type { Access } from '../http/access.ts';
import type { Route } from '../http/routes.ts';
import { ActivityApi } from './api/activity-api.ts';
import { DaemonsApi } from './api/daemons-api.ts';
import { DeadLettersApi } from './api/dead-letters-api.ts';
import { OrderListApi } from './api/order-list-api.ts';
import { OrdersApi } from './api/orders-api.ts';
import { ReconciliationApi } from './api/reconciliation-api.ts';
import { SearchApi } from './api/search-api.ts';
import { ConflictCount } from './live/conflict-count.ts';
import { ConsumptionWatch } from './live/consumption.ts';
import { CurrentState } from './live/current-state.ts';
import { LiveFeed } from './live/live-feed.ts';
import { RecentActivity } from './live/recent-activity.ts';
import { dashboardRoutes } from './routes.ts';

export interface DashboardOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly rabbit: RabbitMQ;
  readonly intake: Intake;
  readonly pauses: Pick<PauseWatch, 'pause'>;
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
  readonly health: () => Health;
  /** Names this daemon among those of the internal system. */
  readonly daemonId: string;
  /** Undefined where no webhooks are configured. Returns undefined while none is known of. */
  readonly webhooks: (() => WebhookState | undefined) | undefined;
  /** Aborted when the daemon stops. */
  readonly stopping: AbortSignal;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A small shop's orders of a day. Reading more would keep the database from writing. */
const MAX_RECALLED = 1_000;
const SAMPLE_MS = 1_000;

/** The dashboard: a web page on which everyone can see orders arrive. Wires it to the daemon, which does not know about it. */
export class Dashboard {
  readonly #options: DashboardOptions;
  readonly #activity = new RecentActivity();
  readonly #watch: ConsumptionWatch;
  readonly #depths: QueueDepths;
  readonly #state: CurrentState;
  readonly #feed: LiveFeed;
  readonly #reconciliation: ReconciliationApi;
  readonly #sampling: NodeJS.Timeout;
  #hasRecalled = false;

  constructor(options: DashboardOptions) {
    const { config, rabbit, intake, pauses, health, stopping, shop, internalSystem } = options;
    this.#options = options;
    this.#watch = new ConsumptionWatch({ rabbit, intake, pauses, health, isStopping: () => stopping.aborted });
    const deadLettersInUse = () => rabbit.companion(deadLetterQueueName(rabbit.queue));
    this.#depths = new QueueDepths({ ...config, deadLettersInUse });
    const { webhooks } = options;
    this.#state = new CurrentState({
      activity: this.#activity,
      watch: this.#watch,
      depths: this.#depths,
      intake,
      conflicts: new ConflictCount(internalSystem),
      webhooks,
    });
    this.#feed = new LiveFeed(this.#state, this.#activity);
    this.#reconciliation = new ReconciliationApi({
      shop,
      internalSystem,
      reconciler: new Reconciler({ shop, internalSystem, publish: this.#publish, retryDelaysMs: config.retryDelaysMs }),
      everyMs: { changes: config.reconcile.everyMs, deep: config.reconcile.deepEveryMs },
      signal: stopping,
      onEnded: (scan, error) => this.#scanEnded(scan, error),
    });
    intake.on('settled', ({ facts }) => this.#feed.settled(this.#activity.settled(facts)));
    this.#sampling = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  routes(access: Access): Route[] {
    const { config, logger, rabbit, shop, internalSystem, stopping } = this.#options;
    return dashboardRoutes({
      access,
      logger,
      internalSystem,
      shop: config.shopName,
      queue: config.rabbitmq.queue,
      state: this.#state,
      feed: this.#feed,
      orders: new OrdersApi({
        internalSystem,
        fetchesBy: shop.fetchesBy,
        retryDelaysMs: config.retryDelaysMs,
        reportsShipments: config.reportShipments,
        ackedAt: (order) => this.#activity.ackedAt(order),
        forgotten: (reference, isKnown) => forgottenOrder(config, reference, isKnown),
        publish: this.#publish,
      }),
      search: new SearchApi(internalSystem),
      orderLists: new OrderListApi({
        internalSystem,
        retryDelaysMs: config.retryDelaysMs,
        reportsShipments: config.reportShipments,
      }),
      deadLetters: new DeadLettersApi({ rabbitmq: config.rabbitmq, rabbit, internalSystem }),
      daemons: new DaemonsApi(internalSystem.daemons, this.#options.daemonId),
      reconciliation: this.#reconciliation,
      activity: new ActivityApi({ rabbit, internalSystem }),
      pauses: internalSystem.pauses,
      isStopping: () => stopping.aborted,
    });
  }

  /** How many messages wait in the queues. Never rejects. */
  depths(): Promise<Depths> {
    return this.#state.depths();
  }

  /** Call it after aborting `stopping`, and before closing the shop and the internal system. */
  async close(): Promise<void> {
    clearInterval(this.#sampling);
    await this.#reconciliation.ended();
    this.#feed.close();
    await this.#depths.close();
  }

  readonly #publish = (reference: string): Promise<void> => requestSync(this.#options.rabbit, reference);

  #sample(): void {
    const { state } = this.#watch.now();
    if ((state !== 'running' && state !== 'held') || this.#hasRecalled) return;
    // The internal system is open from here on.
    this.#hasRecalled = true;
    void this.#recall();
  }

  /** Never rejects: without the past, the charts begin with the daemon. */
  async #recall(): Promise<void> {
    const since = new Date(Date.now() - DAY_MS);
    const records = await this.#options.internalSystem
      .listOrders?.({ since, limit: MAX_RECALLED })
      .catch(() => undefined);
    if (records === undefined) return;
    this.#activity.recall(records, records.length < MAX_RECALLED);
    await this.#feed.refresh();
  }

  #scanEnded(scan: string, error: unknown): void {
    const { logger } = this.#options;
    if (error === undefined) logger.info({ scan }, 'the scan started from the dashboard has ended');
    else logger.warn({ scan, err: error }, 'the scan started from the dashboard failed');
  }
}
