import { SyncError } from '../../errors.ts';
import type { SqlTransaction } from '../sql/sql-database.ts';
import type { KnownTable, KnownTables } from './known-tables.ts';
import type { Columns, CompanyRow, CompanyTables, InsertOptions, UpsertOptions, Value } from './mapping.ts';
import { pairLines } from './pair-lines.ts';
import { companyRow, holds, parameter } from './parameters.ts';
import { changedColumns, type RowChange } from './row-changes.ts';
import { RowStatements } from './row-statements.ts';

/**
 * The tables as a mapping sees them while it runs. Where an order is written, its own row is locked: no other daemon writes rows
 * of the same order meanwhile, so that looking first and writing then needs no unique index.
 */
export class TransactionTables implements CompanyTables {
  readonly #transaction: SqlTransaction;
  readonly #known: KnownTables;
  readonly #statements: RowStatements;
  readonly #record: ((change: RowChange) => void) | undefined;
  readonly #calls = new Set<Promise<unknown>>();
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  /** @param record gets what is written, which costs a look at each row before and after: for dry runs */
  constructor(transaction: SqlTransaction, known: KnownTables, record?: (change: RowChange) => void) {
    this.#transaction = transaction;
    this.#known = known;
    this.#statements = new RowStatements(transaction);
    this.#record = record;
  }

  query(sql: string, values: readonly Value[] = []): Promise<CompanyRow[]> {
    return this.#call(async () => {
      await this.#known.refuseUntransactional(this.#transaction, sql);
      const parameters = values.map((value, index) =>
        parameter(this.#transaction.dialect, value, `value ${index + 1} of a query`),
      );
      if (!/^\s*SELECT\b/i.test(sql)) this.#record?.({ statement: sql });
      return (await this.#transaction.run({ sql, values: parameters })).map(companyRow);
    });
  }

  upsert(name: string, keys: Columns, columns: Columns, options: UpsertOptions = {}): Promise<CompanyRow> {
    return this.#call(async () => {
      const { insertOnly = {}, formerKeys } = options;
      const wanted = { ...keys, ...columns };
      const table = await this.#table(name, insertOnly, wanted, formerKeys ?? {});
      const former = formerKeys && !this.#holdsAll(formerKeys, keys) ? await this.#one(table, formerKeys) : undefined;
      const stored = former ?? (await this.#one(table, keys));
      if (stored === undefined) return await this.#insert(table, keys, { ...insertOnly, ...wanted });
      await this.#update(table, former === undefined ? keys : (formerKeys ?? keys), stored, wanted);
      return { ...stored, ...wanted };
    });
  }

  replaceLines(
    name: string,
    parent: Columns,
    rows: readonly Columns[],
    keyColumns: readonly string[],
    { insertOnly = {} }: InsertOptions = {},
  ): Promise<void> {
    return this.#call(async () => {
      const table = await this.#table(name, parent, insertOnly, ...rows);
      const stored = await this.#statements.lock(table, parent);
      const isSame = (row: CompanyRow, columns: Columns) => this.#holdsAll(row, columns);
      const { gone, changed, added } = pairLines(stored, rows, keyColumns, isSame);
      for (const keys of gone) await this.#delete(table, { ...parent, ...keys }, stored);
      for (const { keys, row, columns } of changed) await this.#update(table, { ...parent, ...keys }, row, columns);
      // Rows with the same columns go in together.
      const fresh = added.map((columns) => ({ ...insertOnly, ...parent, ...columns }));
      for (const alike of Map.groupBy(fresh, (row) => JSON.stringify(Object.keys(row))).values()) {
        await this.#statements.insert(table, alike);
        if (this.#record === undefined) continue;
        for (const row of alike)
          await this.#recordRow(table, keysOf(row, [...Object.keys(parent), ...keyColumns]), null);
      }
    });
  }

  insert(name: string, columns: Columns): Promise<void> {
    return this.#call(async () => {
      const table = await this.#table(name, columns);
      await this.#statements.insert(table, [columns]);
      this.#record?.({ table: name, keys: {}, before: null, after: columns });
    });
  }

  update(name: string, keys: Columns, columns: Columns): Promise<number> {
    return this.#call(async () => {
      const table = await this.#table(name, keys, columns);
      const rows = await this.#statements.lock(table, keys);
      if (rows.every((row) => this.#holdsAll(row, columns))) return rows.length;
      await this.#statements.update(table, keys, columns, rows.length);
      for (const before of rows) this.#record?.({ table: name, keys, before, after: { ...before, ...columns } });
      return rows.length;
    });
  }

  /**
   * Ends the mapping's part: waits for what it did not await, and takes no further calls.
   *
   * @throws what failed, whether or not the mapping noticed
   */
  async end(): Promise<void> {
    while (this.#calls.size > 0) await Promise.allSettled(this.#calls);
    this.#isOver = true;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #call<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isOver) {
      throw new SyncError('write_rejected', 'The mapping used its tables after it had ended: is an await missing?');
    }
    const call = work();
    this.#calls.add(call);
    call
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#calls.delete(call));
    return call;
  }

  async #table(name: string, ...columns: readonly Columns[]): Promise<KnownTable> {
    const names = new Set(columns.flatMap((some) => Object.keys(some)));
    return await this.#known.find(this.#transaction, name, [...names]);
  }

  async #one(table: KnownTable, keys: Columns): Promise<CompanyRow | undefined> {
    const rows = await this.#statements.lock(table, keys);
    if (rows.length <= 1) return rows[0];
    const names = Object.keys(keys).join(', ');
    throw new SyncError(
      'write_rejected',
      `The mapping can't write this order: ${table.name} has ${rows.length} rows with its ${names}, expected at most one.`,
    );
  }

  async #insert(table: KnownTable, keys: Columns, columns: Columns): Promise<CompanyRow> {
    const [returned] = await this.#statements.insert(table, [columns]);
    const row = returned ?? (await this.#one(table, keys));
    if (row === undefined) {
      throw new SyncError(
        'write_rejected',
        `The mapping's new row of ${table.name} is not there: the database changed its keys.`,
      );
    }
    this.#record?.({ table: table.name, keys, before: null, after: row });
    return row;
  }

  async #update(table: KnownTable, keys: Columns, stored: CompanyRow, columns: Columns): Promise<void> {
    if (this.#holdsAll(stored, columns)) return;
    await this.#statements.update(table, keys, columns, 1);
    if (this.#record !== undefined)
      await this.#recordRow(table, { ...keys, ...keysOf(columns, Object.keys(keys)) }, stored);
  }

  async #delete(table: KnownTable, keys: Columns, stored: readonly CompanyRow[]): Promise<void> {
    await this.#statements.delete(table, keys);
    const deleted = stored.filter((row) => this.#holdsAll(row, keys));
    for (const before of deleted) this.#record?.({ table: table.name, keys, before, after: null });
  }

  async #recordRow(table: KnownTable, keys: Columns, before: CompanyRow | null): Promise<void> {
    const [after = null] = await this.#statements.lock(table, keys);
    // What was only spelled otherwise has not changed.
    if (changedColumns({ before, after }).length > 0) this.#record?.({ table: table.name, keys, before, after });
  }

  #holdsAll(row: CompanyRow, columns: Columns): boolean {
    return Object.entries(columns).every(([name, value]) => holds(this.#transaction.dialect, row[name], value));
  }
}

function keysOf(row: Columns, names: readonly string[]): Columns {
  return Object.fromEntries(names.filter((name) => name in row).map((name) => [name, row[name] ?? null]));
}
