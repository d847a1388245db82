import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Marks a file as ours, so that none of another kind is touched. */
const APPLICATION_ID = 0x61636b73;

/**
 * No fsync: what a power cut takes, reconciliation still finds. `seq` grows with each ack, also of an order that is there already.
 *
 * - `forgotten_at`: the database no longer held the order then; `asked_at`: an event for it was confirmed
 * - `losses`: what is being made good. `walk_from` until the shop's changes since then were compared
 * - `troubles`: what lasts, and whether alerts told its beginning
 * - `runs`: the daemons that have not been stopped; `crashed_at`: it was noticed then that one had ended all the same
 */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  PRAGMA application_id = ${APPLICATION_ID};
  CREATE TABLE IF NOT EXISTS acked (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    scope TEXT NOT NULL,
    shop_order_id TEXT NOT NULL,
    order_number TEXT NOT NULL,
    status TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    written_at INTEGER NOT NULL,
    acked_at INTEGER NOT NULL,
    forgotten_at INTEGER,
    asked_at INTEGER,
    UNIQUE (scope, shop_order_id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS acked_forgotten ON acked (scope, seq) WHERE forgotten_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS losses (
    scope TEXT PRIMARY KEY,
    orders INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    walk_from INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS troubles (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    trouble TEXT NOT NULL,
    since INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    told_at INTEGER,
    waited INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (scope, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS runs (
    scope TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    crashed_at INTEGER
  ) STRICT;
`;

/** How a file of order-sync's acks was opened. */
export interface OpenedMemory {
  readonly database: DatabaseSync;
  /** What a person should know: the file is used afresh, or not at all. */
  readonly warning: string | undefined;
}

/**
 * Opens the file, which several daemons may share. Never throws: without a file that can be used, what was acked is remembered for
 * as long as this process lives.
 */
export function openMemory(path: string): OpenedMemory {
  try {
    return { database: openFile(path), warning: undefined };
  } catch (error) {
    if (!isDamaged(error)) return withoutFile(path, error);
  }
  try {
    setAside(path);
    return { database: openFile(path), warning: `${path} is damaged and was set aside: it begins anew` };
  } catch (error) {
    return withoutFile(path, error);
  }
}

export function inMemory(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(SCHEMA);
  return database;
}

/** Whether another process that writes is waited for, or fails whoever comes second. */
export function waitForOthers(database: DatabaseSync, isWanted: boolean): void {
  database.exec(`PRAGMA busy_timeout = ${isWanted ? BUSY_TIMEOUT_MS : 0}`);
}

/** True while another process writes to the file: it takes as long as its transaction. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === SQLITE_BUSY;
}

/** @throws SQLite's own error, or an Error that says what the file is */
function openFile(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
    const id = database.prepare('PRAGMA application_id').get()?.['application_id'];
    if (!isEmpty && id !== APPLICATION_ID) throw new Error("it is another program's database");
    database.exec(SCHEMA);
    const { quick_check: verdict = 'no answer' } = database.prepare('PRAGMA quick_check(1)').get() ?? {};
    if (verdict !== 'ok') throw new DamagedError(String(verdict));
    // From here on, nobody waits for another process: the next write makes up for it.
    waitForOthers(database, false);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Under another name, because it may be a person's file after all. */
function setAside(path: string): void {
  renameSync(path, `${path}.damaged`);
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

function withoutFile(path: string, error: unknown): OpenedMemory {
  const why = error instanceof Error ? error.message : String(error);
  return {
    database: inMemory(),
    warning: `${path} cannot be used (${why}): what is acked is remembered until the daemon stops, and no longer`,
  };
}

class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

function isDamaged(error: unknown): boolean {
  if (error instanceof DamagedError) return true;
  const code = codeOf(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

/** The primary code of SQLite's error; undefined for any other. */
function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const BUSY_TIMEOUT_MS = 2_000;
