/** What people do to orders and to the daemon. */
export const AUDIT_ACTIONS = [
  'sign-in',
  'sign-out',
  'replayed',
  'discarded',
  'restored',
  'resync',
  'forced',
  'ship',
  'reconcile',
  'exported',
  'searched',
  'prune',
  'forget',
  'pause',
  'resume',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Who did something. */
export interface Actor {
  /** As the tokens file, the proxy or the operating system calls the person. */
  readonly name: string;
  /** `shell`: at a command line, with the daemon's own secrets. */
  readonly role: 'operator' | 'viewer' | 'shell';
  /** From where; null at a command line. */
  readonly address: string | null;
}

export interface NewAuditEntry extends Actor {
  readonly action: AuditAction;
  /** The first orders it was about, as many as fit. */
  readonly orders: readonly string[];
  /** Further facts, without personal data. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends Omit<NewAuditEntry, 'action' | 'role'> {
  /** Later entries have greater ids. */
  readonly id: string;
  /** A UTC instant. */
  readonly at: string;
  /** Known ones, or what a newer version wrote. */
  readonly action: string;
  readonly role: string;
  /** How many of the dead letters that it discarded can still be restored. */
  readonly restorable: number;
}

/** A discarded dead letter, with what it takes to publish it again. */
export interface KeptDeadLetter {
  /** That of the dead letter. */
  readonly deadLetterId: string;
  /** Whose dead letters it was among. */
  readonly source: 'orders' | 'shipments';
  /** The order's name in the event; null when the event names none, or several. */
  readonly order: string | null;
  readonly event: string | null;
  readonly reason: string;
  readonly error: string | null;
  /** The size of the message. */
  readonly bytes: number;
  /** Null where order and event say it all, and where the message was too large to be kept. It may hold personal data. */
  readonly message: KeptMessage | null;
}

export interface KeptMessage {
  readonly content: Buffer;
  /** AMQP properties, headers included, as JSON. */
  readonly properties: string;
}

export interface RestorableDeadLetter extends KeptDeadLetter {
  readonly id: string;
  readonly discardedAt: string;
  readonly discardedBy: string;
}

export interface KeptFilter {
  /** The entry whose dead letters are meant; all by default. */
  readonly entryId?: string;
  /** Ids of dead letters, or orders by the names that their events used; all by default. */
  readonly names?: readonly string[];
  readonly limit: number;
  /** An id: only older ones. */
  readonly before?: string;
}

/**
 * Who did what, and what was discarded. Bounded: the newest 5,000 entries of each action are kept, and the newest 10,000
 * discarded dead letters of the last 90 days, until they are restored. All methods throw SyncError.
 */
export interface AuditStore {
  /** @returns the entry's id */
  add(entry: NewAuditEntry): Promise<string>;

  /** Writes what the action came to. */
  complete(id: string, changes: Pick<NewAuditEntry, 'orders' | 'details'>): Promise<void>;

  /** Newest first. @param before an id: only older ones */
  list(limit: number, before?: string): Promise<readonly AuditEntry[]>;

  /** Durable once it resolves: only then may the dead letters be removed. */
  keep(entryId: string, deadLetters: readonly KeptDeadLetter[]): Promise<void>;

  /** Those that can be restored, newest first. */
  kept(filter: KeptFilter): Promise<readonly RestorableDeadLetter[]>;

  /** They were restored, or turned out not to be discarded: they can't be restored any more, and what was kept is gone. */
  release(ids: readonly string[]): Promise<void>;

  /**
   * Removes what was kept of messages about these orders, and their names from the entries.
   *
   * @param references every name by which events may call the order
   */
  forget(references: readonly string[]): Promise<void>;
}
