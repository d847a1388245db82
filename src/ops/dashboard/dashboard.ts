import type { Logger } from 'pino';
import type { RabbitMQ } from '../../broker/rabbitmq.ts';
import type { Config } from '../../config/load-config.ts';
import type { Intake } from '../../delivery/intake.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { type Depths, QueueDepths } from '../../messages/queue-depths.ts';
import { Reconciler } from '../../reconcile/reconciler.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import type { Access } from '../http/access.ts';
import type { Route } from '../http/routes.ts';
import type { Health } from '../ops-server.ts';
import { ConsumptionWatch } from './consumption.ts';
import { LetterDesk } from './dead-letters-api.ts';
import { Live } from './live.ts';
import { Now } from './now.ts';
import { OrderDesk } from './orders-api.ts';
import { ShiftBook } from './recent-activity.ts';
import { ReconciliationDesk } from './reconciliation-api.ts';
import { deskRoutes } from './routes.ts';

export interface DeskOptions {
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

/** The desk: a web page on which anyone sees that orders arrive. This wires it to the daemon, which knows nothing of it. */
export class Desk {
  readonly #options: DeskOptions;
  readonly #book = new ShiftBook();
  readonly #watch: ConsumptionWatch;
  readonly #depths: QueueDepths;
  readonly #now: Now;
  readonly #live: Live;
  readonly #reconciliation: ReconciliationDesk;
  readonly #sampling: NodeJS.Timeout;
  #hasRecalled = false;

  constructor(options: DeskOptions) {
    const { config, rabbit, intake, health, stopping, shop, internalSystem } = options;
    this.#options = options;
    this.#watch = new ConsumptionWatch({ rabbit, intake, health, isStopping: () => stopping.aborted });
    this.#depths = new QueueDepths(config.rabbitmq, config.retryDelaysMs);
    this.#now = new Now({ book: this.#book, watch: this.#watch, depths: this.#depths, intake });
    this.#live = new Live(this.#now, this.#book);
    this.#reconciliation = new ReconciliationDesk({
      shop,
      internalSystem,
      reconciler: new Reconciler({ shop, internalSystem, publish: this.#publish, retryDelaysMs: config.retryDelaysMs }),
      everyMs: { changes: config.reconcile.everyMs, deep: config.reconcile.deepEveryMs },
      signal: stopping,
      onEnded: (walk, error) => this.#walkEnded(walk, error),
    });
    intake.on('settled', ({ facts }) => this.#live.arrived(this.#book.settled(facts)));
    this.#sampling = setInterval(() => this.#sample(), SAMPLE_MS).unref();
  }

  routes(access: Access): Route[] {
    const { config, logger, rabbit, internalSystem, stopping } = this.#options;
    return deskRoutes({
      access,
      logger,
      shop: config.shopName,
      queue: config.rabbitmq.queue,
      now: this.#now,
      live: this.#live,
      orders: new OrderDesk({
        internalSystem,
        ackedAt: (order) => this.#book.ackedAt(order),
        publish: this.#publish,
      }),
      letters: new LetterDesk({ rabbitmq: config.rabbitmq, rabbit, internalSystem }),
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

  readonly #publish = (orderNumber: string): Promise<void> =>
    this.#options.rabbit.send({ orderNumber, event: 'updated' });

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
    this.#book.recall(records, records.length < RECALLED);
    await this.#live.refresh();
  }

  #walkEnded(walk: string, error: unknown): void {
    const { logger } = this.#options;
    if (error === undefined) logger.info({ walk }, 'the reconciliation begun at the desk has ended');
    else logger.warn({ walk, err: error }, 'the reconciliation begun at the desk did not come to its end');
  }
}
