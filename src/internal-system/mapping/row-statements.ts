import { SyncError } from '../../errors.ts';
import type { SqlValue } from '../sql/columns.ts';
import { type Dialect, quoted } from '../sql/dialect.ts';
import type { SqlTransaction } from '../sql/sql-database.ts';
import type { KnownTable } from './known-tables.ts';
import type { Columns, CompanyRow } from './mapping.ts';
import { companyRow, parameter } from './parameters.ts';

/** Rows in one INSERT: far from what any database allows in parameters and bytes. */
const ROWS_PER_INSERT = 100;

/** The statements that a mapping's calls are made of: names quoted, values as parameters. */
export class RowStatements {
  readonly #transaction: SqlTransaction;
  readonly #dialect: Dialect;

  constructor(transaction: SqlTransaction) {
    this.#transaction = transaction;
    this.#dialect = transaction.dialect;
  }

  /** The rows with these keys, locked until the transaction ends. */
  async lock(table: KnownTable, keys: Columns): Promise<CompanyRow[]> {
    const { sql, values } = this.#where(table, keys);
    const lock = this.#dialect === 'sqlite' ? '' : ' FOR UPDATE';
    return await this.#run(table, `SELECT * FROM ${table.sql} WHERE ${sql}${lock}`, values);
  }

  /** @param rows all with the same columns @returns what was inserted, except from MySQL, which does not say */
  async insert(table: KnownTable, rows: readonly Columns[]): Promise<CompanyRow[]> {
    const names = Object.keys(rows[0] ?? {});
    const columns = names.map((name) => quoted(this.#dialect, name)).join(', ');
    const tuple = `(${names.map(() => '?').join(', ')})`;
    const inserted: CompanyRow[] = [];
    for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
      const part = rows.slice(from, from + ROWS_PER_INSERT);
      const values = part.flatMap((row) => names.map((name) => this.#parameter(table, name, row)));
      const sql = `INSERT INTO ${table.sql} (${columns}) VALUES ${part.map(() => tuple).join(', ')}`;
      const returned = await this.#run(table, `${sql}${this.#returning('*')}`, values);
      this.#refuseFewer(table, returned, part.length);
      inserted.push(...returned);
    }
    return inserted;
  }

  /** @param count of the rows with these keys, which are locked */
  async update(table: KnownTable, keys: Columns, columns: Columns, count: number): Promise<void> {
    const where = this.#where(table, keys);
    const set = Object.keys(columns).map((name) => `${quoted(this.#dialect, name)} = ?`);
    const values = Object.keys(columns).map((name) => this.#parameter(table, name, columns));
    const sql = `UPDATE ${table.sql} SET ${set.join(', ')} WHERE ${where.sql}${this.#returning('1 AS updated')}`;
    const updated = await this.#run(table, sql, [...values, ...where.values]);
    this.#refuseFewer(table, updated, count);
  }

  async delete(table: KnownTable, keys: Columns): Promise<void> {
    const { sql, values } = this.#where(table, keys);
    await this.#run(table, `DELETE FROM ${table.sql} WHERE ${sql}`, values);
  }

  #where(table: KnownTable, keys: Columns): { readonly sql: string; readonly values: SqlValue[] } {
    const entries = Object.entries(keys);
    if (entries.length === 0) {
      throw new SyncError('write_rejected', `The mapping gave no key of ${table.name}: that would mean all its rows.`);
    }
    const terms = entries.map(
      ([name, value]) => `${quoted(this.#dialect, name)} ${value === null ? 'IS NULL' : '= ?'}`,
    );
    const named = entries.filter(([, value]) => value !== null);
    return { sql: terms.join(' AND '), values: named.map(([name]) => this.#parameter(table, name, keys)) };
  }

  #parameter(table: KnownTable, name: string, columns: Columns): SqlValue {
    return parameter(this.#dialect, columns[name], `${table.name}.${name}`);
  }

  /** MySQL 8 returns nothing, and has no trigger that drops a row silently. */
  #returning(what: string): string {
    return this.#dialect === 'mysql' ? '' : ` RETURNING ${what}`;
  }

  #refuseFewer(table: KnownTable, returned: readonly CompanyRow[], expected: number): void {
    if (this.#dialect === 'mysql' || returned.length >= expected) return;
    const problem = `${table.name} took ${returned.length} of ${expected} rows: a trigger or rule of the database drops them`;
    throw new SyncError('write_rejected', `The mapping can't write this order: ${problem}.`);
  }

  async #run(table: KnownTable, sql: string, values: readonly SqlValue[]): Promise<CompanyRow[]> {
    return (await this.#transaction.run({ sql, values, table: table.name })).map(companyRow);
  }
}
