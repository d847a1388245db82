import type { ShopClient } from '../../shop/shop-client.ts';
import type { SharedTrouble } from './happening.ts';
import type { SharedMemory, SharedTold } from './shared-memory.ts';
import { ShopWatch } from './shop-watch.ts';
import { nameOf } from './trouble-store.ts';
import type { Began, Ended } from './troubles.ts';

/** A pause that has lasted for so long that it may have been forgotten. */
export interface OverduePause {
  readonly since: Date;
  /** Who paused, as they call themselves. */
  readonly by: string;
  readonly reason: string | null;
}

export interface SharedTroublesOptions {
  /** Undefined while the daemon has not got that far. */
  readonly memory: () => SharedMemory | undefined;
  readonly shop: () => ShopClient | undefined;
  /** Undefined while no pause lasts that may have been forgotten. */
  readonly overduePause: () => OverduePause | undefined;
  readonly began: (began: Began) => void;
  readonly ended: (ended: Ended) => void;
  readonly stopping: AbortSignal;
}

/** What lasts and is so for all daemons of a shop: told at once, and by one of them, whichever is restarted in the meantime. */
export class SharedTroubles {
  readonly #options: SharedTroublesOptions;
  readonly #shop = new ShopWatch();

  constructor(options: SharedTroublesOptions) {
    this.#options = options;
  }

  /** @throws SyncError while the internal system does not answer */
  async look(now = Date.now()): Promise<void> {
    const { shop: shopOf, overduePause, stopping, began, ended } = this.#options;
    const [memory, shop, pause] = [this.#options.memory(), shopOf(), overduePause()];
    if (memory === undefined || shop === undefined || !(await memory.isMine())) return;
    const ofShop = await this.#shop.present(shop, stopping);
    if (stopping.aborted) return;
    const present = [
      ...(pause === undefined ? [] : [pauseTold(pause)]),
      ...(ofShop ?? []).map((trouble) => ({ trouble, since: now })),
    ];
    const told = await memory.told();
    const news = present.filter((one) => !isAmong(one, told));
    // What the shop has not said yet may be as it was.
    const isKnown = ({ trouble }: SharedTold) => trouble.kind === 'pause' || ofShop !== undefined;
    const over = told.filter((one) => isKnown(one) && !isAmong(one, present));
    if (news.length + over.length === 0) return;
    if (!(await memory.noteTold([...told.filter((one) => !over.includes(one)), ...news]))) return;
    for (const { trouble, since } of news) began({ trouble, since, waiting: null });
    for (const { trouble, since } of over) ended({ trouble, since, lastedMs: now - since, waited: null });
  }
}

function pauseTold({ since, by, reason }: OverduePause): SharedTold {
  return { trouble: { kind: 'pause', by, reason }, since: since.getTime() };
}

function isAmong({ trouble }: SharedTold, others: readonly { readonly trouble: SharedTrouble }[]): boolean {
  return others.some((other) => nameOf(other.trouble) === nameOf(trouble));
}
