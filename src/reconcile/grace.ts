/** An event may take this long from the shop's change to the internal system before its order counts as missing. */
const GRACE_MS = 120_000;

/**
 * Which changes are old enough that their event should have done its work.
 *
 * Told by the shop's own clock, since ours may differ. And if even that is not the clock which `updatedAt` comes from (an
 * application that takes local time for UTC): what the scan before has met already is old enough as well.
 */
export class Grace {
  readonly #overUntil: string;
  readonly #metBefore: string;

  /**
   * @param shopNow what time it is at the shop
   * @param before the newest change that the scan before met, and how long ago it began
   */
  constructor(shopNow: Date, before: { readonly newestListed: string | null; readonly agoMs: number }) {
    this.#overUntil = new Date(shopNow.getTime() - GRACE_MS).toISOString();
    this.#metBefore = before.agoMs >= GRACE_MS ? (before.newestListed ?? '') : '';
  }

  isOver(updatedAt: string): boolean {
    return updatedAt <= this.#overUntil || updatedAt <= this.#metBefore;
  }

  /** Later than this the cursor must not stand, whatever a list says: one order from the year 2099 would end all scans. */
  get overUntil(): string {
    return this.#overUntil;
  }
}
