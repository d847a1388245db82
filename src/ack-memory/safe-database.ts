import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { inMemory, isBusy, openMemory, waitForOthers } from './memory-file.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * The file of the memory, such that nothing fails on its account, and no delivery waits for another process: whatever can't be done has
 * a result of its own. A file that can't be used any more is given up, once and with a warning, for a memory in this process.
 */
export class SafeDatabase {
  readonly #warn: (message: string) => void;
  readonly #path: string;
  #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, warn: (message: string) => void) {
    this.#path = path;
    this.#warn = warn;
    const { database, warning } = openMemory(path);
    this.#database = database;
    if (warning !== undefined) warn(warning);
  }

  /** One row; undefined too while it can't be read. */
  row(sql: string, ...values: readonly (string | number)[]): Row | undefined {
    return this.#safely(undefined, () => this.#prepare(sql).get(...values));
  }

  /** None while they can't be read. */
  rows(sql: string, ...values: readonly (string | number)[]): readonly Row[] {
    return this.#safely([], () => this.#prepare(sql).all(...values));
  }

  /**
   * All of what `work` runs, or nothing.
   *
   * @param work gets what runs one statement, and tells how many rows that changed
   * @returns `otherwise` while another process writes, or if the file had to be given up
   */
  change<T>(otherwise: T, work: (run: Run) => T): T {
    return this.#safely(otherwise, () => {
      this.#database.exec('BEGIN IMMEDIATE');
      const result = work((sql, ...values) => Number(this.#prepare(sql).run(...values).changes));
      this.#database.exec('COMMIT');
      return result;
    });
  }

  /** What `work` does waits for another process, within limits: for what has no next time, at the start and at the end. */
  patiently<T>(work: () => T): T {
    this.#safely(undefined, () => waitForOthers(this.#database, true));
    try {
      return work();
    } finally {
      this.#safely(undefined, () => waitForOthers(this.#database, false));
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #safely<T>(otherwise: T, work: () => T): T {
    if (!this.#database.isOpen) return otherwise;
    try {
      return work();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      if (!isBusy(error)) this.#giveUp(error);
      return otherwise;
    }
  }

  #giveUp(error: unknown): void {
    this.#statements.clear();
    this.#database.close();
    this.#database = inMemory();
    const why = error instanceof Error ? error.message : String(error);
    this.#warn(
      `${this.#path} cannot be used any more (${why}): what is acked is remembered until the daemon stops, and no longer`,
    );
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

export type Run = (sql: string, ...values: readonly (string | number)[]) => number;
