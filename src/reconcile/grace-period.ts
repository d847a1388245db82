/** How long an event may take from the change in the shop to the internal system before its order counts as missing. */
const GRACE_MS = 120_000;

/**
 * Decides which changes are so old that their event should have been processed.
 *
 * It goes by the shop's own clock, because ours may differ. Even that may not be the clock behind `updatedAt`: some
 * applications take local time for UTC. So a change that the previous scan has already seen counts as old enough, too.
 */
export class GracePeriod {
  readonly #overUntil: string;
  readonly #seenUntil: string;

  /**
   * @param shopNow the current time at the shop
   * @param previous the newest change that the previous scan saw, and how long ago that scan was
   */
  constructor(shopNow: Date, previous: { readonly newestListed: string | null; readonly agoMs: number }) {
    this.#overUntil = new Date(shopNow.getTime() - GRACE_MS).toISOString();
    this.#seenUntil = previous.agoMs >= GRACE_MS ? (previous.newestListed ?? '') : '';
  }

  isOver(updatedAt: string): boolean {
    return updatedAt <= this.#overUntil || updatedAt <= this.#seenUntil;
  }

  /** The cursor must never be later than this, whatever a list says: a single order from the year 2099 would end all scanning. */
  get overUntil(): string {
    return this.#overUntil;
  }
}
