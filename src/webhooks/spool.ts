import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { EVENT_TYPES, type OrderEvent } from '../messages/order-event.ts';

/** An event that waits for the broker. */
export interface SpooledEvent extends OrderEvent {
  /** In the order of arrival, within a file. */
  readonly id: number;
  readonly receivedAt: Date;
}

/** Of one file: another one counts its events anew. */
export interface SpooledEvents {
  readonly events: readonly SpooledEvent[];
  /** Removes the events up to this one: the broker has them. */
  readonly removeThrough: (id: number) => void;
}

/** The spool holds as many events as it may. */
export class SpoolFullError extends Error {
  override readonly name = 'SpoolFullError';
}

/** Another process, such as a backup, may hold the file for a moment. Every call blocks the event loop. */
const BUSY_TIMEOUT_MS = 2_000;

const SCAN_WANTED = 'scan_wanted';
export const LAST_AT = 'last_at';
const NOTE_EVERY_MS = 5_000;

/** Full: a commit is on disk before the shop gets its 200. */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL,
    type TEXT NOT NULL,
    received_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
`;

const row = z.object({
  id: z.number(),
  reference: z.string(),
  type: z.enum(EVENT_TYPES),
  receivedAt: z.number().transform((ms) => new Date(ms)),
});

/**
 * Keeps on disk what the broker has not confirmed, in the order of arrival, so that the shop need not send it again. It holds
 * references of orders and what happened to them, nothing else of a webhook.
 */
export class Spool {
  readonly #path: string;
  readonly #max: number;
  #database: DatabaseSync;
  /** Device and inode of the file that is open. */
  #file: string | undefined;
  #size: number;
  #notedAt = 0;

  /** @throws ConfigError when the file cannot be used */
  constructor({ path, max }: { readonly path: string; readonly max: number }) {
    this.#path = path;
    this.#max = max;
    try {
      this.#database = openDatabase(path);
      this.#file = fileAt(path);
      this.#size = countEvents(this.#database);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const expected = 'a file, in a folder that this user may write';
      throw new ConfigError([`WEBHOOK_SPOOL: "${path}" cannot be opened (${why}); expected ${expected}.`], { cause });
    }
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#max;
  }

  /** All or none; on disk when it returns. @throws SpoolFullError, or SQLite's own error */
  append(events: readonly OrderEvent[], receivedAt: Date): void {
    if (this.#size + events.length > this.#max) throw new SpoolFullError(`The spool holds ${this.#size} events.`);
    this.#stayAtPath();
    insertEvents(
      this.#database,
      events.map((event) => ({ ...event, receivedAt })),
    );
    this.#size += events.length;
  }

  /** The oldest ones. */
  oldest(limit: number): SpooledEvents {
    const database = this.#database;
    const select = 'SELECT id, reference, type, received_at AS receivedAt FROM events ORDER BY id LIMIT ?';
    const found = database.prepare(select).all(limit);
    // Another process may have published what this one kept.
    if (found.length === 0) this.#size = 0;
    const removeThrough = (id: number) => {
      // The file was replaced meanwhile, and what waited in it is published again.
      if (database !== this.#database) return;
      const { changes } = database.prepare('DELETE FROM events WHERE id <= ?').run(id);
      this.#size = Math.max(0, this.#size - Number(changes));
    };
    return { events: found.map((each) => row.parse(each)), removeThrough };
  }

  /** Whether the shop's changes are to be scanned. */
  get isScanWanted(): boolean {
    return this.#fact(SCAN_WANTED) === 1;
  }

  wantScan(isWanted: boolean): void {
    this.#note(SCAN_WANTED, Number(isWanted));
  }

  /** When the last genuine webhook came. */
  get lastAt(): Date | undefined {
    const value = this.#fact(LAST_AT);
    return value === undefined ? undefined : new Date(value);
  }

  /** For other processes, so not each is noted. A disk that is full is told of by what has to be on it. */
  noteLast(at: Date): void {
    if (at.getTime() - this.#notedAt < NOTE_EVERY_MS) return;
    this.#notedAt = at.getTime();
    try {
      this.#note(LAST_AT, at.getTime());
    } catch {
      // The next one is noted.
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** An open file that was deleted or replaced would take commits, and lose them with this process. */
  #stayAtPath(): void {
    if (fileAt(this.#path) === this.#file) return;
    const before = this.#database;
    const database = openDatabase(this.#path);
    try {
      insertEvents(database, this.oldest(this.#max).events);
    } catch (error) {
      database.close();
      throw error;
    }
    this.#database = database;
    this.#file = fileAt(this.#path);
    this.#size = countEvents(database);
    before.close();
  }

  #fact(name: string): number | undefined {
    const value = this.#database.prepare('SELECT value FROM facts WHERE name = ?').get(name)?.['value'];
    return typeof value === 'number' ? value : undefined;
  }

  #note(name: string, value: number): void {
    const upsert = 'INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value';
    this.#database.prepare(upsert).run(name, value);
  }
}

function insertEvents(database: DatabaseSync, events: readonly Omit<SpooledEvent, 'id'>[]): void {
  const insert = database.prepare('INSERT INTO events (reference, type, received_at) VALUES (?, ?, ?)');
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const { reference, type, receivedAt } of events) insert.run(reference, type, receivedAt.getTime());
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function countEvents(database: DatabaseSync): number {
  return Number(database.prepare('SELECT count(*) AS n FROM events').get()?.['n']);
}

function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  database.exec(SCHEMA);
  return database;
}

function fileAt(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
