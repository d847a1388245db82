import { DatabaseSync } from 'node:sqlite';
import { LAST_AT } from './spool.ts';

/** What the dashboard shows. */
export interface WebhookState {
  /** When the last genuine webhook came; undefined: none has. */
  readonly lastAt: Date | undefined;
  /** Events on disk, waiting for the broker. */
  readonly spooled: number;
}

/**
 * What another process has noted in its spool: the daemon shows it, though "order-sync webhooks" takes the webhooks.
 *
 * @returns undefined while there is no such file, or none that can be read
 */
export function readWebhookState(path: string): WebhookState | undefined {
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    const lastAt = database.prepare('SELECT value FROM facts WHERE name = ?').get(LAST_AT)?.['value'];
    const spooled = Number(database.prepare('SELECT count(*) AS n FROM events').get()?.['n']);
    return { lastAt: typeof lastAt === 'number' ? new Date(lastAt) : undefined, spooled };
  } catch {
    return undefined;
  }
}
