import type { Logger } from 'pino';
import type { RabbitMQ } from '../../broker/rabbitmq.ts';
import type { Config } from '../../config/load-config.ts';
import type { Intake } from '../../delivery/intake.ts';
import type { Health } from '../../health/health.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { type Depths, QueueDepths } from '../../messages/queue-depths.ts';
import { requestSync } from '../../messages/request-sync.ts';
import { Reconciler } from '../../reconcile/reconciler.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import type { Access } from '../http/access.ts';
import type { Route } from '../http/routes.ts';
import { DeadLettersApi } from './api/dead-letters-api.ts';
import { OrdersApi } from './api/orders-api.ts';
import { ReconciliationApi } from './api/reconciliation-api.ts';
import { ConsumptionWatch } from './live/consumption.ts';
import { Now } from './live/current-state.ts';
import { Live } from './live/live-feed.ts';
import { RecentActivity } from './live/recent-activity.ts';
import { dashboardRoutes } from './routes.ts';

export interface DashboardOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly rabbit: RabbitMQ;
  readonly intake: Intake;
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
  readonly health: () => Health;
  /** Aborted when the daemon stops. */
  readonly stopping: AbortSignal;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A day's orders of a small shop. More would keep the database from writing. */
const RECALLED = 1_000;
const SAMPLE_MS = 1_000;

/** The dashboard: a web page on which anyone sees that orders arrive. This wires it to the daemon, which knows nothing of it. */
export class Dashboard {
  readonly #options: DashboardOptions;
  readonly #activity = new RecentActivity();
  readonly #watch: ConsumptionWatch;
  readonly #depths: QueueDepths;
  readonly #now: Now;
  readonly #live: Live;
  readonly #reconciliation: ReconciliationApi;
  readonly #sampling: NodeJS.Timeout;
  #hasRecalled = false;

  constructor(options: DashboardOptions) {
    const { config, rabbit, intake, health, stopping, shop, internalSystem } = options;
    this.#options = options;
    this.#watch = new ConsumptionWatch({ rabbit, intake, health, isStopping: () => stopping.aborted });
    this.#depths = new QueueDepths(config.rabbitmq, config.retryDelaysMs);
    this.#now = new Now({ activity: this.#activity, watch: this.#watch, depths: this.#depths, intake });
    this.#live = new Live(this.#now, this.#activity);
    this.#reconciliation = new ReconciliationApi({
      shop,
      internalSystem,
      reconciler: new Reconciler({ shop, internalSystem, publish: this.#publish, retryDelaysMs: config.retryDelaysMs }),
      everyMs: { changes: config.reconcile.everyMs, deep: config.reconcile.deepEveryMs },
      signal: stopping,
      onEnded: (scan, error) => this.#scanEnded(scan, error),
    });
    intake.on('settled', ({ facts }) => this.#live.settled(this.#activity.settled(facts)));
    this.#sampling = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  routes(access: Access): Route[] {
    const { config, logger, rabbit, internalSystem, stopping } = this.#options;
    return dashboardRoutes({
      access,
      logger,
      shop: config.shopName,
      queue: config.rabbitmq.queue,
      now: this.#now,
      live: this.#live,
      orders: new OrdersApi({
        internalSystem,
        ackedAt: (order) => this.#activity.ackedAt(order),
        publish: this.#publish,
      }),
      deadLetters: new DeadLettersApi({ rabbitmq: config.rabbitmq, rabbit, internalSystem }),
      reconciliation: this.#reconciliation,
      isStopping: () => stopping.aborted,
    });
  }

  /** What waits in the queues. Undefined while the broker is away. Never rejects. */
  depths(): Promise<Depths | undefined> {
    return this.#now.depths();
  }

  /** After `stopping` was aborted, and before shop and internal system are closed. */
  async close(): Promise<void> {
    clearInterval(this.#sampling);
    await this.#reconciliation.ended();
    this.#live.close();
    await this.#depths.close();
  }

  readonly #publish = (orderNumber: string): Promise<void> => requestSync(this.#options.rabbit, orderNumber);

  #sample(): void {
    const { state } = this.#watch.now();
    if (state !== 'running' || this.#hasRecalled) return;
    // From here on the internal system is open.
    this.#hasRecalled = true;
    void this.#recall();
  }

  /** Never rejects: without it the charts begin with the daemon. */
  async #recall(): Promise<void> {
    const since = new Date(Date.now() - DAY_MS);
    const records = await this.#options.internalSystem.listOrders?.({ since, limit: RECALLED }).catch(() => undefined);
    if (records === undefined) return;
    this.#activity.recall(records, records.length < RECALLED);
    await this.#live.refresh();
  }

  #scanEnded(scan: string, error: unknown): void {
    const { logger } = this.#options;
    if (error === undefined) logger.info({ scan }, 'the reconciliation begun at the dashboard has ended');
    else logger.warn({ scan, err: error }, 'the reconciliation begun at the dashboard did not come to its end');
  }
}
