import { mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigError, SyncError } from '../../errors.ts';

/** Every call blocks the event loop: a lock held for longer than this is an outage. */
const BUSY_TIMEOUT_MS = 2_000;

/** Which file is at a path, by device and inode; undefined: none. */
type FileId = string | undefined;

/** The database, and what SQLite keeps beside it: the log of recent commits, and the log's index. */
interface FileIds {
  readonly database: FileId;
  readonly log: FileId;
  readonly index: FileId;
}

/**
 * The file of a database, followed by its path: an open connection stays with the file that it opened, even after that was
 * deleted, and would go on committing into it.
 */
export class DatabaseFile {
  readonly path: string;
  readonly #isOnDisk: boolean;
  /** The ones that were opened; undefined before that. */
  #opened: FileIds | undefined;
  /** SQLite keeps log and index beside the file that a symbolic link leads to. */
  #realPath = '';

  /** @param path relative to the working directory; its directory is created */
  constructor(path: string) {
    this.path = path;
    this.#isOnDisk = path !== ':memory:';
  }

  /** Creates it, and its directory, if need be. */
  open(): DatabaseSync {
    if (this.#isOnDisk) makeDirectory(dirname(this.path));
    return new DatabaseSync(this.path, { timeout: BUSY_TIMEOUT_MS });
  }

  /** Call it once the log has been used: SQLite creates it only then. */
  remember(): void {
    if (!this.#isOnDisk) return;
    this.#realPath = realpathSync(this.path);
    this.#opened = this.#found();
  }

  /** Whether the path led to a database that was ours. */
  get isKnown(): boolean {
    return this.#opened !== undefined;
  }

  /** Whether the path still leads to the database that was opened. */
  get isInPlace(): boolean {
    return this.#opened === undefined || idOf(this.path) === this.#opened.database;
  }

  /** Whether others find there what was committed: the log holds it, and nothing else does yet. */
  get holdsCommits(): boolean {
    return this.isInPlace && (this.#opened === undefined || idOf(this.#beside('-wal')) === this.#opened.log);
  }

  /**
   * The whole of it:
   *
   * - `same`: nothing has changed
   * - `gone`: there is no file any more
   * - `replaced`: it is another file
   * - `damaged`: the database is the same, what belongs beside it is not
   */
  compare(): 'same' | 'gone' | 'replaced' | 'damaged' {
    const opened = this.#opened;
    if (opened === undefined) return 'same';
    const found = this.#found();
    if (found.database === undefined) return 'gone';
    if (found.database !== opened.database) return 'replaced';
    return found.log === opened.log && found.index === opened.index ? 'same' : 'damaged';
  }

  /**
   * Ends with the opened file: writes back what only its log holds, so that it is whole wherever it is now, and removes that
   * log from beside the file that took its place: SQLite would apply it there.
   *
   * @throws SyncError when another process is still busy with the log
   */
  leave(database: DatabaseSync): void {
    const found = this.#found();
    const isLogOurs = found.log === this.#opened?.log;
    if (isLogOurs || found.log === undefined) writeBackLog(database, this.path);
    database.close();
    const isBesideItsOwn = idOf(this.#realPath) === this.#opened?.database;
    if (isBesideItsOwn) return;
    if (isLogOurs) rmSync(this.#beside('-wal'), { force: true });
    if (found.index === this.#opened?.index) rmSync(this.#beside('-shm'), { force: true });
  }

  #found(): FileIds {
    return { database: idOf(this.path), log: idOf(this.#beside('-wal')), index: idOf(this.#beside('-shm')) };
  }

  #beside(suffix: string): string {
    return this.#realPath + suffix;
  }
}

function idOf(path: string): FileId {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found && `${found.dev}:${found.ino}`;
  } catch (cause) {
    throw new SyncError('internal_system_unavailable', `The SQLite file ${path} can't be reached (${codeOf(cause)}).`, {
      cause,
    });
  }
}

function writeBackLog(database: DatabaseSync, path: string): void {
  const result = database.prepare('PRAGMA wal_checkpoint(FULL)').get();
  if (result?.['log'] === result?.['checkpointed']) return;
  throw new SyncError(
    'internal_system_unavailable',
    `The file ${path} is another than before, and what the log of the old one holds can't be saved: another program reads the old one.`,
  );
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new ConfigError([
      `The directory ${directory} of the SQLite database can't be created (${codeOf(error)}): check the path in INTERNAL_SYSTEM_URL, and that this user may write there.`,
    ]);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
