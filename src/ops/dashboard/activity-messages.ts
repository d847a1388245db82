import type { AuditEntry } from '../../internal-system/audit-store.ts';

/** The messages between the section Activity and the dashboard's server. */

/** Who did what, newest first. */
export interface ActivityAnswer {
  /** False: the INTERNAL_SYSTEM module keeps no audit. */
  readonly isKept: boolean;
  readonly entries: readonly AuditEntry[];
  /** Whether there are older ones. */
  readonly hasMore: boolean;
}

/** Discarded dead letters that can be restored. */
export interface RestorableAnswer {
  readonly deadLetters: readonly RestorableMessage[];
}

export interface RestorableMessage {
  readonly id: string;
  readonly order: string | null;
  readonly event: string | null;
  readonly reason: string;
  readonly error: string | null;
  readonly bytes: number;
  /** The text, or Base64 if it is not text; null where order and event say it all. Cut after 4096 bytes. */
  readonly content: string | null;
}

export interface Restored {
  readonly done: number;
  /** Why it stopped before the end. */
  readonly error?: string;
}
