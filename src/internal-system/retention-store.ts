/** Why an old order is kept: someone has yet to do something about it. */
export const KEPT_BECAUSE = ['conflict', 'unshipped', 'failed', 'undelivered', 'unreported', 'unpublished'] as const;
export type KeptBecause = (typeof KEPT_BECAUSE)[number];

/** What came of a page of orders. */
export interface PrunedPage {
  /** Orders deleted, with their lines, ledger rows, deliveries and shipments; or that would be. */
  readonly pruned: number;
  /** As old, and kept. */
  readonly kept: Readonly<Partial<Record<KeptBecause, number>>>;
  /** Where the next page begins; null after the last one. */
  readonly last: string | null;
}

/** How an internal system gets rid of what is old. */
export interface RetentionStore {
  /**
   * Deletes those orders of a page that changed last before `before` by the shop's clock, unless anybody still needs them. A page is
   * a few hundred orders of any age, each few of them deleted in a transaction of their own.
   *
   * @param after where the page begins: the `last` of the one before; null: the first
   * @throws SyncError
   */
  prune(before: Date, after: string | null, dryRun: boolean): Promise<PrunedPage>;

  /**
   * Deletes some rows of the ledger that are as old, of orders that are not stored any more or never were, unless an event of
   * theirs waits for another attempt or a person. @returns how many; fewer than before: that was the last of them @throws SyncError
   */
  pruneLedger(before: Date): Promise<number>;
}

/** What is younger than this is always kept, in days: reconciliation looks back that far. */
export const LEAST_RETENTION_DAYS = 30;
