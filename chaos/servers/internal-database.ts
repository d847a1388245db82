import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { retry } from '../../src/async/retry.ts';
import type { PostgresPair } from '../../test/helpers/servers/postgres-pair.ts';
import type { PrivateServer } from '../../test/helpers/servers/private-server.ts';
import { canonicalText, type InternalRecords, UNAVAILABLE } from '../checks/records.ts';

export type DatabaseKind = 'sqlite' | 'postgres' | 'mariadb';

/** The daemon's database, through a connection of our own that bypasses the faults. */
export interface InternalDatabase extends AsyncDisposable {
  readonly kind: DatabaseKind;
  /** Undefined for SQLite. With a standby, the one that takes writes now. */
  readonly server: PrivateServer | undefined;
  /** With a standby: both servers. */
  readonly pair: PostgresPair | undefined;
  /** With a standby: what it shows. */
  readonly standby: Queried | undefined;
  /** The SQLite file; empty for a server. */
  readonly file: string;
  /** `INTERNAL_SYSTEM_URL`, through a proxy's port if given. */
  url(port?: number): string;
  /** @param limitMs not for SQLite; 5 s by default. @returns rows */
  run(sql: string, limitMs?: number): Promise<Record<string, unknown>[]>;
}

/** Where statements are run. */
export type Queried = Pick<InternalDatabase, 'kind' | 'run'>;

export const QUERY_LIMIT_MS = 5_000;
/** For the many rows that a long mixture leaves behind. */
const RECORDS_LIMIT_MS = 120_000;

/** Part of the URL, and must appear nowhere else. */
export const DATABASE_PASSWORD = 'canary-Db-7Kq2';

export function aName(): string {
  return `chaos_${randomBytes(5).toString('hex')}`;
}

/** Installs triggers that record each insert and each change of content. The tables must exist. */
export async function installAudit(database: InternalDatabase): Promise<void> {
  for (const statement of AUDIT[database.kind]) {
    // A daemon that has just started builds its indexes, and may be in the way.
    await retry(() => database.run(statement), { isRetryable: isDeadlock, delayMs: () => 200, maxTries: 20 });
  }
}

function isDeadlock(error: unknown): error is Error {
  return error instanceof Error && /deadlock/i.test(error.message);
}

const INSERT = 'INSERT INTO chaos_effects (order_number, content, is_insert) VALUES';

const AUDIT: Readonly<Record<DatabaseKind, readonly string[]>> = {
  sqlite: [
    'CREATE TABLE chaos_effects (id INTEGER PRIMARY KEY, order_number TEXT, content TEXT, is_insert INTEGER)',
    `CREATE TRIGGER chaos_inserted AFTER INSERT ON orders BEGIN ${INSERT} (new.order_number, new.document, 1); END`,
    `CREATE TRIGGER chaos_updated AFTER UPDATE ON orders WHEN old.content_hash IS NOT new.content_hash
       BEGIN ${INSERT} (new.order_number, new.document, 0); END`,
  ],
  postgres: [
    'CREATE TABLE chaos_effects (id bigserial PRIMARY KEY, order_number text, content text, is_insert integer)',
    `CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       ${INSERT} (NEW.order_number, NEW.document::text, CASE TG_OP WHEN 'INSERT' THEN 1 ELSE 0 END); RETURN NEW; END $$`,
    'CREATE TRIGGER chaos_inserted AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION chaos_note()',
    `CREATE TRIGGER chaos_updated AFTER UPDATE ON orders FOR EACH ROW
       WHEN (OLD.content_hash IS DISTINCT FROM NEW.content_hash) EXECUTE FUNCTION chaos_note()`,
  ],
  mariadb: [
    `CREATE TABLE chaos_effects (id BIGINT AUTO_INCREMENT PRIMARY KEY, order_number VARCHAR(64), content LONGTEXT, is_insert INT)
       DEFAULT CHARACTER SET utf8mb4`,
    `CREATE TRIGGER chaos_inserted AFTER INSERT ON orders FOR EACH ROW ${INSERT} (NEW.order_number, NEW.document, 1)`,
    `CREATE TRIGGER chaos_updated AFTER UPDATE ON orders FOR EACH ROW
       IF NOT (OLD.content_hash <=> NEW.content_hash) THEN ${INSERT} (NEW.order_number, NEW.document, 0); END IF`,
  ],
};

const TEXT: Readonly<Record<DatabaseKind, string>> = {
  sqlite: 'o.document',
  postgres: 'o.document::text',
  mariadb: 'CAST(o.document AS CHAR)',
};

/** The stored order as JSON text, as an expression for `FROM orders o`. */
export function documentText(kind: DatabaseKind): string {
  return TEXT[kind];
}

const storedRow = z.object({ content: z.string() });
const orderRow = storedRow.extend({ order_number: z.string(), status: z.string(), line_count: z.coerce.number() });
const effectRow = storedRow.extend({ order_number: z.string(), is_insert: z.coerce.number() });
const ledgerRow = z.object({ reference: z.string(), state: z.string(), attempts: z.coerce.number() });

/** The order's content as any other connection sees it now. */
export async function storedContent(database: InternalDatabase, orderNumber: string): Promise<string | undefined> {
  const sql = `SELECT ${TEXT[database.kind]} AS content FROM orders o WHERE o.order_number = '${orderNumber}'`;
  try {
    const [row] = z.array(storedRow).parse(await database.run(sql));
    return row === undefined ? undefined : canonical(row.content);
  } catch {
    return UNAVAILABLE;
  }
}

export async function readRecords(database: Queried): Promise<InternalRecords> {
  const all = (sql: string) => database.run(sql, RECORDS_LIMIT_MS);
  const rows = await all(
    `SELECT o.order_number, o.status, ${TEXT[database.kind]} AS content, coalesce(l.line_count, 0) AS line_count FROM orders o
       LEFT JOIN (SELECT order_number, count(*) AS line_count FROM order_lines GROUP BY order_number) l
       ON l.order_number = o.order_number`,
  );
  const effects = await all('SELECT order_number, content, is_insert FROM chaos_effects ORDER BY id');
  const ledger = await all('SELECT reference, state, attempts FROM order_ledger');
  return {
    rows: z
      .array(orderRow)
      .parse(rows)
      .map((row) => ({
        orderNumber: row.order_number,
        status: row.status,
        content: canonical(row.content),
        lines: row.line_count,
        linesInContent: lineCount(row.content),
      })),
    effects: z
      .array(effectRow)
      .parse(effects)
      .map((row) => ({
        orderNumber: row.order_number,
        content: canonical(row.content),
        isInsert: row.is_insert === 1,
      })),
    ledger: z.array(ledgerRow).parse(ledger),
  };
}

function canonical(text: string): string {
  return canonicalText(JSON.parse(text));
}

function lineCount(text: string): number {
  return z.object({ lines: z.array(z.unknown()) }).parse(JSON.parse(text)).lines.length;
}
