import { quotedTable, tableParts } from '../sql/dialect.ts';
import type { SqlTransaction } from '../sql/sql-database.ts';
import { MappingUnusable } from './mapping-unusable.ts';

/** A table of the company's that can be written to. */
export interface KnownTable {
  /** As the mapping names it. */
  readonly name: string;
  /** As SQL names it. */
  readonly sql: string;
  readonly columns: ReadonlySet<string>;
}

/** What the database says of a table. */
interface Description {
  readonly columns: ReadonlySet<string>;
  /** MySQL's storage engine, if it has no transactions. */
  readonly engine: string | null;
  /** It is one of order-sync's own. */
  readonly isOurs: boolean;
}

/**
 * The tables that a mapping writes to, each looked up once: a missing table or column is named before anything is written, a table
 * of order-sync's own is refused, and so is one without transactions.
 */
export class KnownTables {
  readonly #tables = new Map<string, KnownTable>();
  #untransactional: readonly string[] | undefined;

  /** @throws MappingUnusable */
  async find(transaction: SqlTransaction, name: string, columns: readonly string[]): Promise<KnownTable> {
    const table = this.#tables.get(name) ?? (await this.#look(transaction, name));
    const missing = columns.filter((column) => !table.columns.has(column));
    if (missing.length > 0) {
      throw unusable(
        `${name} has no column ${missing.join(', ')}`,
        'Add it, or correct its name (upper and lower case count).',
      );
    }
    this.#tables.set(name, table);
    return table;
  }

  /** A raw statement must not change what could not be rolled back. @throws MappingUnusable */
  async refuseUntransactional(transaction: SqlTransaction, sql: string): Promise<void> {
    if (transaction.dialect !== 'mysql') return;
    this.#untransactional ??= await untransactionalTables(transaction);
    const words = new Set(sql.split(/[^\p{L}\p{N}_$-]+/u));
    const named = this.#untransactional.find((table) => words.has(table));
    if (named !== undefined) throw withoutTransactions(named);
  }

  async #look(transaction: SqlTransaction, name: string): Promise<KnownTable> {
    const { columns, engine, isOurs } = await describe(transaction, name);
    if (isOurs) throw unusable(`${name} is order-sync's own table`, 'Write to tables of your own.');
    if (columns.size === 0) {
      throw unusable(
        `there is no table ${name} in the database of INTERNAL_SYSTEM_URL`,
        'Create it, or correct its name; a table elsewhere in the same database server is schema.table.',
      );
    }
    if (engine !== null) throw withoutTransactions(name);
    return { name, sql: quotedTable(transaction.dialect, name), columns };
  }
}

async function describe(transaction: SqlTransaction, name: string): Promise<Description> {
  switch (transaction.dialect) {
    case 'postgres':
      return await describePostgres(transaction, name);
    case 'mysql':
      return await describeMysql(transaction, name);
    case 'sqlite':
      return await describeSqlite(transaction, name);
    default:
      return transaction.dialect satisfies never;
  }
}

async function describePostgres(transaction: SqlTransaction, name: string): Promise<Description> {
  const sql = quotedTable('postgres', name);
  const own = Object.values(transaction.tables);
  const rows = await transaction.run({
    sql: `SELECT attname AS name, attrelid = ANY (SELECT to_regclass(own)::oid FROM unnest(string_to_array(?, chr(10))) AS own) AS ours
            FROM pg_catalog.pg_attribute
           WHERE attrelid = to_regclass(?)::oid AND attnum > 0 AND NOT attisdropped`,
    values: [own.join('\n'), sql],
  });
  return { columns: namesIn(rows), engine: null, isOurs: rows.some((row) => row['ours'] === true) };
}

async function describeMysql(transaction: SqlTransaction, table: string): Promise<Description> {
  const { schema, name } = tableParts(table);
  const rows = await transaction.run({
    sql: `SELECT c.column_name AS name, t.engine AS engine, e.transactions AS transactions, t.table_schema = database() AS here
            FROM information_schema.tables t
            JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
            LEFT JOIN information_schema.engines e ON e.engine = t.engine
           WHERE t.table_schema = coalesce(?, database()) AND t.table_name = ?`,
    values: [schema, name],
  });
  const engine = rows.find((row) => row['engine'] !== null && row['transactions'] !== 'YES')?.['engine'];
  const isHere = rows.some((row) => Number(row['here']) === 1);
  const isOurs = isHere && Object.values(transaction.tables).includes(name);
  return { columns: namesIn(rows), engine: engine === undefined ? null : String(engine), isOurs };
}

async function describeSqlite(transaction: SqlTransaction, table: string): Promise<Description> {
  const { schema, name } = tableParts(table);
  const rows = await transaction.run({
    sql: 'SELECT name FROM pragma_table_info(?, ?)',
    values: [name, schema ?? 'main'],
  });
  const isOurs = schema === null && Object.values(transaction.tables).includes(name);
  return { columns: namesIn(rows), engine: null, isOurs };
}

async function untransactionalTables(transaction: SqlTransaction): Promise<string[]> {
  const rows = await transaction.run({
    sql: `SELECT t.table_name AS name FROM information_schema.tables t JOIN information_schema.engines e ON e.engine = t.engine
           WHERE t.table_schema = database() AND e.transactions = 'NO'`,
    values: [],
  });
  return [...namesIn(rows)];
}

function namesIn(rows: readonly Readonly<Record<string, unknown>>[]): Set<string> {
  return new Set(rows.map((row) => String(row['name'])));
}

function withoutTransactions(name: string): MappingUnusable {
  return unusable(
    `${name} is in an engine without transactions, so order and rows could not be written together`,
    `Convert it: ALTER TABLE ${name} ENGINE=InnoDB.`,
  );
}

function unusable(problem: string, remedy: string): MappingUnusable {
  return new MappingUnusable(`The mapping can't write: ${problem}.`, remedy);
}
