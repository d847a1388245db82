import { SyncError } from '../../errors.ts';

/** What a process of the server waits for, and what a person can do about it. */
export interface Wait {
  /** Completes the sentence "it …". */
  readonly what: string;
  readonly remedy: string;
}

/** A commit did not come back in time. It is cancelled on the server by now. */
export class CommitHangs extends SyncError {
  readonly remedy: string;

  /** @param database such as `PostgreSQL at db1:5432` */
  constructor(database: string, withinMs: number, { what, remedy }: Wait) {
    super(
      'internal_system_unavailable',
      `${database} did not finish a commit within ${withinMs / 1000} s: it ${what}.`,
    );
    this.remedy = remedy;
  }
}
