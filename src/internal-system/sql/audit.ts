import { randomBytes } from 'node:crypto';
import type {
  AuditEntry,
  AuditStore,
  KeptDeadLetter,
  KeptFilter,
  NewAuditEntry,
  RestorableDeadLetter,
} from '../audit-store.ts';
import {
  auditEntry,
  ENTRY_COLUMNS,
  entryValues,
  KEPT_COLUMNS,
  keptValues,
  ordersText,
  restorable,
} from './audit-rows.ts';
import type { SqlValue } from './columns.ts';
import type { SqlDatabase, SqlTransaction } from './sql-database.ts';

/** Of each action: signing in over and over again pushes nothing else out. */
const ENTRIES_KEPT = 5_000;
const DISCARDED_KEPT = 10_000;
/** A message may hold personal data, which is nobody's for ever. */
const DISCARDED_KEPT_MS = 90 * 24 * 60 * 60 * 1000;
/** Parameters of one statement stay far below what any database takes. */
const ROWS_PER_STATEMENT = 100;
/** Bytes of the messages in one INSERT: MySQL takes a packet of at least 4 MiB, MariaDB one of 16. */
const BYTES_PER_INSERT = 1024 * 1024;

/** Who did what, and the discarded dead letters, in two tables of the SQL internal systems. */
export class SqlAudit implements AuditStore {
  readonly #database: SqlDatabase;
  readonly #shop: string;

  constructor(database: SqlDatabase, shop: string) {
    this.#database = database;
    this.#shop = shop;
  }

  async add(entry: NewAuditEntry): Promise<string> {
    const at = new Date();
    const id = newId(at);
    await this.#database.transaction(async (transaction) => {
      await transaction.run({
        sql: `INSERT INTO ${this.#entries} (${ENTRY_COLUMNS.join(', ')}) VALUES (${placeholders(ENTRY_COLUMNS.length)})`,
        values: entryValues(this.#shop, id, at, entry),
      });
      await this.#prune(transaction, entry.action);
    });
    return id;
  }

  async complete(id: string, { orders, details }: Pick<NewAuditEntry, 'orders' | 'details'>): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      await transaction.run({
        sql: `UPDATE ${this.#entries} SET orders = ?, details = ? WHERE shop = ? AND id = ?`,
        values: [ordersText(orders), JSON.stringify(details), this.#shop, id],
      });
    });
  }

  async list(limit: number, before?: string): Promise<readonly AuditEntry[]> {
    const restorable = `SELECT count(*) FROM ${this.#discarded} d WHERE d.audit_id = a.id AND d.shop = a.shop AND ${RESTORABLE}`;
    const rows = await this.#database.read({
      sql: `SELECT a.id, a.at, a.name, a.role, a.address, a.action, a.orders, a.details, (${restorable}) AS restorable
              FROM ${this.#entries} a WHERE a.shop = ? ${before === undefined ? '' : 'AND a.id < ?'}
             ORDER BY a.id DESC LIMIT ?`,
      values: [this.#shop, ...(before === undefined ? [] : [before]), limit],
    });
    return rows.map(auditEntry);
  }

  async keep(entryId: string, deadLetters: readonly KeptDeadLetter[]): Promise<void> {
    for (const some of portions(deadLetters)) {
      const values = some.flatMap((deadLetter) => keptValues(this.#shop, newId(new Date()), entryId, deadLetter));
      await this.#database.transaction(async (transaction) => {
        await transaction.run({
          sql: `INSERT INTO ${this.#discarded} (${KEPT_COLUMNS.join(', ')})
                VALUES ${some.map(() => `(${placeholders(KEPT_COLUMNS.length)})`).join(', ')}`,
          values,
        });
      });
    }
  }

  async kept({ entryId, names, limit, before }: KeptFilter): Promise<readonly RestorableDeadLetter[]> {
    const some = names?.slice(0, ROWS_PER_STATEMENT) ?? [];
    const conditions = [
      ...(entryId === undefined ? [] : ['AND d.audit_id = ?']),
      ...(before === undefined ? [] : ['AND d.id < ?']),
      ...(some.length === 0
        ? []
        : [
            `AND (d.dead_letter_id IN (${placeholders(some.length)}) OR d.reference IN (${placeholders(some.length)}))`,
          ]),
    ];
    const values: SqlValue[] = [
      this.#shop,
      ...[entryId, before].filter((id) => id !== undefined),
      ...some,
      ...some,
      limit,
    ];
    const rows = await this.#database.read({
      sql: `SELECT d.id, d.dead_letter_id, d.source, d.reference, d.event, d.reason, d.error, d.bytes, d.content, d.properties,
                   a.at, a.name
              FROM ${this.#discarded} d JOIN ${this.#entries} a ON a.shop = d.shop AND a.id = d.audit_id
             WHERE d.shop = ? ${conditions.join(' ')} AND ${RESTORABLE} ORDER BY d.id DESC LIMIT ?`,
      values,
    });
    return rows.map(restorable);
  }

  async release(ids: readonly string[]): Promise<void> {
    await this.#deleteKept('id', ids);
  }

  async forget(references: readonly string[]): Promise<void> {
    await this.#deleteKept('reference', references);
    const forgotten = new Set(references);
    await this.#database.transaction(async (transaction) => {
      const rows = await transaction.run({
        sql: `SELECT id, orders FROM ${this.#entries} WHERE shop = ? AND (${references.map(() => 'orders LIKE ?').join(' OR ')})`,
        values: [this.#shop, ...references.map(containing)],
      });
      for (const row of rows) {
        const orders = (JSON.parse(String(row['orders'])) as string[]).filter((order) => !forgotten.has(order));
        await transaction.run({
          sql: `UPDATE ${this.#entries} SET orders = ? WHERE shop = ? AND id = ?`,
          values: [JSON.stringify(orders), this.#shop, String(row['id'])],
        });
      }
    });
  }

  async #deleteKept(column: 'id' | 'reference', values: readonly string[]): Promise<void> {
    for (let start = 0; start < values.length; start += ROWS_PER_STATEMENT) {
      const some = values.slice(start, start + ROWS_PER_STATEMENT);
      await this.#database.transaction(async (transaction) => {
        await transaction.run({
          sql: `DELETE FROM ${this.#discarded} WHERE shop = ? AND ${column} IN (${placeholders(some.length)})`,
          values: [this.#shop, ...some],
        });
      });
    }
  }

  /** What an entry kept goes with it. */
  async #prune(transaction: SqlTransaction, action: string): Promise<void> {
    const oldest = async (table: string, kept: number, more = '', values: SqlValue[] = []) => {
      const sql = `SELECT id FROM ${table} WHERE shop = ? ${more} ORDER BY id DESC LIMIT 1 OFFSET ${kept}`;
      const [row] = await transaction.run({ sql, values: [this.#shop, ...values] });
      return row === undefined ? undefined : String(row['id']);
    };
    const remove = async (table: string, condition: string, values: SqlValue[]) => {
      await transaction.run({
        sql: `DELETE FROM ${table} WHERE shop = ? AND ${condition}`,
        values: [this.#shop, ...values],
      });
    };
    const entry = await oldest(this.#entries, ENTRIES_KEPT, 'AND action = ?', [action]);
    if (entry !== undefined) await remove(this.#entries, 'action = ? AND id <= ?', [action, entry]);
    await remove(this.#discarded, 'id < ?', [idPrefix(new Date(Date.now() - DISCARDED_KEPT_MS))]);
    if (action !== 'discarded') return;
    if (entry !== undefined) await remove(this.#discarded, 'audit_id <= ?', [entry]);
    const deadLetter = await oldest(this.#discarded, DISCARDED_KEPT);
    if (deadLetter !== undefined) await remove(this.#discarded, 'id <= ?', [deadLetter]);
  }

  get #entries(): string {
    return this.#database.tables.order_sync_audit;
  }

  get #discarded(): string {
    return this.#database.tables.order_sync_discarded;
  }
}

/** Of a message that was too large to be kept, only that it was discarded is known. */
const RESTORABLE = '(d.content IS NOT NULL OR d.reference IS NOT NULL)';

/** Ids sort by time, whichever daemon or command makes them. */
function newId(at: Date): string {
  return `${idPrefix(at)}-${randomBytes(6).toString('hex')}`;
}

function idPrefix(at: Date): string {
  return at.getTime().toString(36).padStart(9, '0');
}

function placeholders(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}

/** A JSON list of names that has this one. Wildcards in it only find more. */
function containing(reference: string): string {
  return `%${JSON.stringify(reference)}%`;
}

function portions(deadLetters: readonly KeptDeadLetter[]): KeptDeadLetter[][] {
  const all: KeptDeadLetter[][] = [];
  let bytes = 0;
  for (const deadLetter of deadLetters) {
    const last = all.at(-1);
    const size = sizeOf(deadLetter);
    if (last === undefined || last.length === ROWS_PER_STATEMENT || bytes + size > BYTES_PER_INSERT) {
      all.push([deadLetter]);
      bytes = size;
    } else {
      last.push(deadLetter);
      bytes += size;
    }
  }
  return all;
}

function sizeOf({ message }: KeptDeadLetter): number {
  return message === null ? 0 : message.content.byteLength + message.properties.length;
}
