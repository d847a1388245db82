import type { Run, SafeDatabase } from '../../ack-memory/safe-database.ts';
import type { Trouble } from './happening.ts';

/** A trouble that lasts, as the file keeps it. Times are ms since the epoch. */
export interface TroubleRow {
  readonly name: string;
  readonly trouble: Trouble;
  readonly since: number;
  readonly seenAt: number;
  /** Its beginning was told. */
  readonly isTold: boolean;
  /** The most events that were waiting in the meantime. */
  readonly waited: number;
}

/** What is known of it now. */
export interface Seen {
  readonly trouble: Trouble;
  readonly since: number;
  readonly now: number;
}

/**
 * The troubles that last, in the file beside the daemon: so a daemon that is restarted in the middle of one tells it no second
 * time, and daemons that share the file tell it once.
 */
export class TroubleStore {
  readonly #database: SafeDatabase;
  readonly #scope: string;

  constructor(database: SafeDatabase, scope: string) {
    this.#database = database;
    this.#scope = scope;
  }

  all(): readonly TroubleRow[] {
    return this.#database.rows('SELECT * FROM troubles WHERE scope = ?', this.#scope).map((row) => ({
      name: String(row['name']),
      trouble: JSON.parse(String(row['trouble'])) as Trouble,
      since: Number(row['since']),
      seenAt: Number(row['seen_at']),
      isTold: row['told_at'] !== null,
      waited: Number(row['waited']),
    }));
  }

  /** Begins it, or notes that it goes on. */
  note({ trouble, since, now }: Seen): void {
    this.#change(
      `INSERT INTO troubles (scope, name, trouble, since, seen_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (scope, name) DO UPDATE SET trouble = excluded.trouble, seen_at = excluded.seen_at`,
      nameOf(trouble),
      JSON.stringify(trouble),
      since,
      now,
    );
  }

  noteWaiting(name: string, events: number): void {
    this.#run((run) =>
      run(
        'UPDATE troubles SET waited = max(waited, ?) WHERE scope = ? AND name = ? AND waited < ?',
        events,
        this.#scope,
        name,
        events,
      ),
    );
  }

  /** @returns whether it is ours to tell: true for one of all that try */
  claim(name: string, now: number): boolean {
    return this.#run((run) =>
      run('UPDATE troubles SET told_at = ? WHERE scope = ? AND name = ? AND told_at IS NULL', now, this.#scope, name),
    );
  }

  /** @returns whether it is ours to tell that it is over: not if another daemon has seen it since, or was faster */
  end({ name, seenAt }: Pick<TroubleRow, 'name' | 'seenAt'>): boolean {
    return this.#run((run) =>
      run('DELETE FROM troubles WHERE scope = ? AND name = ? AND seen_at = ?', this.#scope, name, seenAt),
    );
  }

  #change(sql: string, name: string, ...values: readonly (string | number)[]): void {
    this.#run((run) => run(sql, this.#scope, name, ...values));
  }

  /** False too while another process writes: the next look makes up for it. */
  #run(work: (run: Run) => number): boolean {
    return this.#database.change(0, work) > 0;
  }
}

/** The same for as long as it lasts, whatever becomes of its details. */
export function nameOf(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'outage':
      return `outage ${trouble.part}`;
    case 'queue_refuses':
      return `queue_refuses ${trouble.queue}`;
    case 'webhook_off':
      return `webhook_off ${trouble.topic}`;
    case 'shop_warning':
      return `shop_warning ${trouble.warning}`;
    case 'reconciliation_fails':
      return `reconciliation_fails ${trouble.scan}`;
    default:
      return trouble.kind;
  }
}
