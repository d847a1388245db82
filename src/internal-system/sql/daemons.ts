import { z } from 'zod';
import { type DaemonReport, type DaemonStore, daemonReport, type SeenDaemon } from '../daemon-store.ts';
import type { Row } from './columns.ts';
import { nowRow } from './reconciliation-rows.ts';
import { instant } from './records.ts';
import type { SqlDatabase } from './sql-database.ts';
import { upsert } from './upsert.ts';

const DAY_MS = 24 * 3_600_000;

/** A row per daemon. */
export class SqlDaemons implements DaemonStore {
  readonly #database: SqlDatabase;
  readonly #shop: string;

  constructor(database: SqlDatabase, shop: string) {
    this.#database = database;
    this.#shop = shop;
  }

  async beat(id: string, report: DaemonReport): Promise<void> {
    const { tables, clock } = this.#database;
    const row = { shop: this.#shop, daemon: id, report: JSON.stringify(report) };
    await this.#database.transaction(async (transaction) => {
      await transaction.run(
        upsert(transaction, tables.order_sync_daemons, ['shop', 'daemon'], row, { seen_at: clock }),
      );
    });
  }

  async leave(id: string): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      await transaction.run({
        sql: `DELETE FROM ${this.#database.tables.order_sync_daemons} WHERE shop = ? AND daemon = ?`,
        values: [this.#shop, id],
      });
    });
  }

  async prune(): Promise<void> {
    const { tables, clock } = this.#database;
    await this.#database.transaction(async (transaction) => {
      const [row] = await transaction.run({ sql: `SELECT ${clock} AS now`, values: [] });
      const dayAgo = new Date(Date.parse(nowRow.parse(row).now) - DAY_MS);
      await transaction.run({ sql: `DELETE FROM ${tables.order_sync_daemons} WHERE seen_at < ?`, values: [dayAgo] });
    });
  }

  async list(): Promise<readonly SeenDaemon[]> {
    const { tables, clock } = this.#database;
    const rows = await this.#database.read({
      sql: `SELECT shop, daemon, seen_at, report, ${clock} AS now FROM ${tables.order_sync_daemons}`,
      values: [],
    });
    return rows
      .flatMap(seenDaemon)
      .filter(({ silentMs }) => silentMs < DAY_MS)
      .toSorted(byPlace);
  }
}

const daemonRow = z.object({
  shop: z.string(),
  daemon: z.string(),
  seen_at: instant,
  now: instant,
  report: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(daemonReport),
});

/** Nothing of a row that no version of ours has written. */
function seenDaemon(raw: Row): SeenDaemon[] {
  const { success, data } = daemonRow.safeParse(raw);
  if (!success) return [];
  const { shop, daemon: id, seen_at: seenAt, now, report } = data;
  return [{ shop, id, seenAt, silentMs: Math.max(0, Date.parse(now) - Date.parse(seenAt)), report }];
}

function byPlace(a: SeenDaemon, b: SeenDaemon): number {
  return (
    a.shop.localeCompare(b.shop) ||
    a.report.host.localeCompare(b.report.host) ||
    a.report.startedAt.localeCompare(b.report.startedAt)
  );
}
