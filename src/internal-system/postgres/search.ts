import type { PoolClient } from 'pg';
import type { SearchTerm } from '../search/order-search.ts';
import { withoutCountryCode } from '../search/personal-terms.ts';
import type { Row } from '../sql/columns.ts';
import type { SearchAccess, SearchCondition, SearchIndex, SearchQuery } from '../sql/search/access.ts';
import { trackingCondition } from '../sql/search/tracking-condition.ts';
import type { Tables } from '../sql/tables.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';

const BUYER = "document #>> '{buyer,name}'";

/**
 * Everything by which an order is searched, as one list of words, each with a letter for its kind: one index has them all, and a word
 * that buyer and recipient share is in it once. No value makes it fail, as an order that it fails on could not be stored. A name is
 * also found by its second word, and one of ideographs by what follows the family name. Phones are reversed, so that the end of
 * one is the beginning of a word.
 */
const WORDS = `array_to_tsvector(array_remove(ARRAY[
  ${name(BUYER)},
  ${name("document #>> '{shippingAddress,recipient}'")},
  ${name(`substr(${BUYER}, CASE WHEN ${BUYER} ~ '^[^ -~]{3,6}$' THEN 2 ELSE strpos(${BUYER}, ' ') + 1 END)`)},
  'e' || left(lower(document #>> '{buyer,email}'), 64),
  ${phone("document #>> '{buyer,phone}'")},
  ${phone("document #>> '{shippingAddress,phone}'")}], NULL))`;

/** How the search reaches the server. */
interface Server {
  /** In a transaction, with an index or not at all, and within a time limit. */
  readonly read: (query: SearchQuery) => Promise<Row[]>;
  /** Outside a transaction. */
  readonly use: (work: (client: PoolClient) => Promise<void>) => Promise<void>;
}

export class PostgresSearch implements SearchAccess {
  readonly indexes: readonly SearchIndex[];
  readonly read: SearchAccess['read'];
  readonly #tables: Tables;
  readonly #use: Server['use'];

  constructor(tables: Tables, prefix: string, { read, use }: Server) {
    const { orders, order_shipments: shipments } = tables;
    const index = (name: string, on: string): SearchIndex => ({
      name: `${prefix}${name}`,
      statements: [`CREATE INDEX CONCURRENTLY IF NOT EXISTS ${prefix}${name} ON ${on}`],
    });
    this.indexes = [
      index('orders_search', `${orders} USING gin ((${WORDS}))`),
      index('order_shipments_tracking_number', `${shipments} (tracking_number)`),
    ];
    this.read = read;
    this.#tables = tables;
    this.#use = use;
  }

  async present(): Promise<ReadonlySet<string>> {
    const { orders, order_shipments: shipments } = this.#tables;
    const rows = await this.read({
      sql: `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
             WHERE i.indrelid IN (?::regclass, ?::regclass) AND i.indisvalid`,
      values: [orders, shipments],
    });
    return new Set(rows.map((row) => String(row['name'])));
  }

  async create(index: SearchIndex): Promise<void> {
    await this.#use((client) => createIndex(client, this.#tables, index));
  }

  /** The shop is compared in a way that no index has: otherwise the planner might read all orders of the shop by the primary key. */
  conditions(shop: string, term: SearchTerm): SearchCondition[] {
    if (term.kind === 'tracking-number') return [trackingCondition(this.#tables, "s.shop || ''", shop, term.text)];
    const where = `${WORDS} @@ lower(?)::tsquery AND o.shop || '' = ?`;
    return [{ kind: term.kind, from: `${this.#tables.orders} o`, where, values: [wordsOf(term), shop] }];
  }
}

/** An arbitrary number: it keeps two daemons from building at once. */
const BUILDING_LOCK = 7_200_118;

/** Whoever waits for another's index in a transaction is waited for by it: so this one does not wait. */
async function createIndex(client: PoolClient, { orders, order_shipments: shipments }: Tables, index: SearchIndex) {
  const lock = [BUILDING_LOCK, orders];
  const taken = await client.query<{ taken: boolean }>(
    `SELECT pg_try_advisory_lock($1, $2::regclass::oid::int) AS taken`,
    lock,
  );
  if (taken.rows[0]?.taken !== true) return;
  try {
    // What a daemon left unfinished is of no use, and each write pays for it.
    const unfinished = await client.query<{ name: string }>(
      `SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relname = $1 AND i.indrelid IN ($2::regclass, $3::regclass) AND NOT i.indisvalid`,
      [index.name, orders, shipments],
    );
    for (const { name } of unfinished.rows) await slowly(client, `DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    for (const statement of index.statements) await slowly(client, statement);
  } finally {
    // Where the connection is lost, so is the lock.
    await client.query('SELECT pg_advisory_unlock($1, $2::regclass::oid::int)', lock).catch(() => undefined);
  }
}

async function slowly(client: PoolClient, text: string): Promise<void> {
  // The driver also takes `query_timeout` per query, which its types don't know.
  const query = { text, query_timeout: TIME_LIMITS_MS.migration };
  await client.query(query);
}

function wordsOf({ kind, text }: SearchTerm): string {
  if (kind === 'email') return word('e', text, ':*');
  if (kind === 'name') return word('n', text, ':*');
  const whole = withoutCountryCode(text).map((number) => word('p', reversed(number), ''));
  return [word('p', reversed(text), ':*'), ...whole].join(' | ');
}

function name(value: string): string {
  return `'n' || left(lower(replace(${value}, ' ', '')), 64)`;
}

/** Without what phone numbers are written with. */
function phone(value: string): string {
  return `'p' || left(reverse(translate(${value}, ' +-()./', '')), 16)`;
}

/** As a query names it, whatever is in it. */
function word(letter: string, text: string, suffix: '' | ':*'): string {
  return `'${letter}${text.replace(/['\\]/g, '$&$&')}'${suffix}`;
}

function reversed(digits: string): string {
  return [...digits].reverse().join('').slice(0, 16);
}
