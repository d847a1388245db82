import type { Logger } from 'pino';
import { SyncError } from '../errors.ts';
import type { Loss, RememberedOrder } from './memory-rows.ts';

const NUMBERS_IN_LOG = 20;

/** Hears of a loss once, be it that several daemons share the memory, and of its end. */
export interface LossListener {
  readonly forgotten: (orders: readonly Pick<RememberedOrder, 'orderNumber'>[]) => void;
  readonly ended: (loss: Pick<Loss, 'orders' | 'failed'>) => void;
}

/** The daemon's log lines about what the internal system forgot. */
export class RecoveryLog {
  readonly #logger: Logger;
  readonly #listener: LossListener | undefined;

  constructor(logger: Logger, listener?: LossListener) {
    this.#logger = logger;
    this.#listener = listener;
  }

  /** @param before what was being made good already */
  forgotten(orders: readonly RememberedOrder[], before: Loss): void {
    this.#listener?.forgotten(orders);
    const times = orders.map(({ ackedAt }) => ackedAt);
    const more = before.orders > 0 ? ' more' : '';
    this.#logger.error(
      {
        forgotten: orders.length,
        orders: orders.slice(0, NUMBERS_IN_LOG).map(({ orderNumber }) => orderNumber),
        ackedFrom: new Date(Math.min(...times)).toISOString(),
        ackedUntil: new Date(Math.max(...times)).toISOString(),
      },
      `the database has forgotten ${counted(orders.length, more)}: a failover, or a restored backup; fetching from the shop what it lost`,
    );
  }

  /** Each of them is accounted for. */
  ended({ orders, failed }: Loss): void {
    this.#listener?.ended({ orders, failed });
    if (failed === 0) {
      this.#logger.info({ returned: orders }, orders === 1 ? 'the order is back' : `all ${orders} orders are back`);
      return;
    }
    const message = `${orders - failed} of ${counted(orders)} are back; the events for ${failed} ended in the dead letters`;
    this.#logger.warn({ returned: orders - failed, failed }, message);
  }

  cannotWalk(why: string): void {
    const message = 'what other daemons acked, or this one long ago, is not looked for: the shop cannot be walked';
    this.#logger.warn({ error: why }, message);
  }

  /** The next look makes up for it. */
  failed(error: unknown): void {
    if (error instanceof SyncError && error.reason !== 'unexpected')
      this.#logger.debug(
        { error: `${error.reason}: ${error.message}` },
        'what was acked cannot be looked up now; trying again',
      );
    else this.#logger.warn({ err: error }, 'what was acked cannot be looked up, or asked for, now; trying again');
  }
}

function counted(orders: number, more = ''): string {
  return orders === 1 ? `1${more} order` : `${orders}${more} orders`;
}
