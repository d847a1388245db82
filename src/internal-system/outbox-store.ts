/** "Order N is now revision R", written in the transaction that made it so, and not yet published. */
export interface OutboxEntry {
  /** In the order in which they were written: those of one order are in the order of its revisions. */
  readonly id: string;
  readonly shop: string;
  readonly orderNumber: string;
  readonly shopOrderId: string;
  readonly revision: number;
}

/** The outbox of this shop. All methods throw SyncError. */
export interface OutboxStore {
  /** The oldest entries. */
  oldest(limit: number): Promise<readonly OutboxEntry[]>;

  /** They were published. */
  remove(entries: readonly OutboxEntry[]): Promise<void>;

  /** How many wait, counted up to this many. */
  count(limit: number): Promise<number>;
}
