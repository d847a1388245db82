import { z } from 'zod';
import { storable } from '../newest-wins.ts';
import type { LastPause, Pause, PauseStore, WantedPause } from '../pause-store.ts';
import { PAUSE_COLUMNS, type Row } from './columns.ts';
import { nowRow } from './reconciliation-rows.ts';
import { instant } from './records.ts';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';
import { upsert } from './upsert.ts';

/** A row per shop: its last pause. */
export class SqlPauses implements PauseStore {
  readonly #database: SqlDatabase;
  readonly #shop: string;

  constructor(database: SqlDatabase, shop: string) {
    this.#database = database;
    this.#shop = shop;
  }

  async last(): Promise<LastPause | undefined> {
    const [row] = await this.#database.read(this.#query());
    return row && lastPause(row);
  }

  async pause({ by, reason, forMs }: WantedPause): Promise<Pause> {
    return await this.#database.transaction(async (transaction) => {
      const [row] = await transaction.run(this.#query());
      const now = await this.#now(transaction);
      const lasting = row && lasts(lastPause(row));
      const since = lasting?.since ?? now.toISOString();
      const until = forMs === undefined ? null : new Date(now.getTime() + forMs).toISOString();
      const pause = { since, by: storable(by), reason: storable(reason), until };
      await this.#write(transaction, pause, null);
      return pause;
    });
  }

  async resume(by: string): Promise<Pause | undefined> {
    return await this.#database.transaction(async (transaction) => {
      const [row] = await transaction.run(this.#query());
      const pause = row && lasts(lastPause(row));
      if (pause !== undefined) await this.#write(transaction, pause, { at: await this.#now(transaction), by });
      return pause;
    });
  }

  async #write(transaction: SqlTransaction, pause: Pause, ended: { at: Date; by: string } | null): Promise<void> {
    const row = {
      shop: this.#shop,
      paused_at: new Date(pause.since),
      paused_by: pause.by,
      reason: pause.reason,
      ends_at: pause.until && new Date(pause.until),
      ended_at: ended?.at ?? null,
      ended_by: ended && storable(ended.by),
    };
    await transaction.run(upsert(transaction, this.#database.tables.order_sync_pauses, ['shop'], row));
  }

  async #now(transaction: SqlTransaction): Promise<Date> {
    const [row] = await transaction.run({ sql: `SELECT ${this.#database.clock} AS now`, values: [] });
    return new Date(nowRow.parse(row).now);
  }

  #query() {
    const { tables, clock } = this.#database;
    return {
      sql: `SELECT ${PAUSE_COLUMNS.join(', ')}, ${clock} AS now
              FROM ${tables.order_sync_pauses} WHERE shop = ?`,
      values: [this.#shop],
    };
  }
}

const pauseRow = z.object({
  paused_at: instant,
  paused_by: z.string(),
  reason: z.string().nullable(),
  ends_at: instant.nullable(),
  ended_at: instant.nullable(),
  ended_by: z.string().nullable(),
  now: instant,
});

/** Whether its time is up is decided by the one clock that all daemons share. */
function lastPause(raw: Row): LastPause {
  const row = pauseRow.parse(raw);
  const { paused_at: since, paused_by: by, reason, ends_at: until, now } = row;
  const isUp = until !== null && until <= now;
  const resumed = row.ended_at === null ? null : { at: row.ended_at, by: row.ended_by };
  const ended = resumed ?? (isUp ? { at: until, by: null } : null);
  return { since, by, reason, until, lastsMs: Date.parse(ended?.at ?? now) - Date.parse(since), ended };
}

function lasts({ ended, lastsMs: _, ...pause }: LastPause): Pause | undefined {
  return ended === null ? pause : undefined;
}
