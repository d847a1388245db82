import type { SearchTerm } from '../search/order-search.ts';
import { withoutCountryCode } from '../search/personal-terms.ts';
import type { Row } from '../sql/columns.ts';
import type { SearchAccess, SearchCondition, SearchIndex, SearchQuery } from '../sql/search/access.ts';
import { trackingCondition } from '../sql/search/tracking-condition.ts';
import type { Tables } from '../sql/tables.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';

/**
 * What each column holds of an order. MariaDB has no index on an expression, so each has a column that exists in its index alone. A
 * document is parsed for each value, up to it: `json_value` takes half as long as `json_extract`.
 */
const COLUMNS = {
  search_buyer: name('buyer_name'),
  search_recipient: name("json_value(document, '$.shippingAddress.recipient')"),
  search_email: "left(lower(json_value(document, '$.buyer.email')), 64)",
  search_phone: phone("json_value(document, '$.shippingAddress.phone')"),
  search_buyer_phone: phone("json_value(document, '$.buyer.phone')"),
} as const;
type Column = keyof typeof COLUMNS;

const COLUMNS_OF: Readonly<Record<'phone' | 'email' | 'name', readonly Column[]>> = {
  phone: ['search_phone', 'search_buyer_phone'],
  email: ['search_email'],
  name: ['search_recipient', 'search_buyer'],
};

const TRACKING = 'order_shipments_tracking_number';

/** How the search reaches the server. */
interface Server {
  readonly read: (query: SearchQuery) => Promise<Row[]>;
  /** A statement that takes as long as it takes, unless what it adds is there already. */
  readonly add: (statement: string) => Promise<void>;
}

export class MysqlSearch implements SearchAccess {
  /** Neither adding such a column nor its index keeps anyone from writing. */
  readonly indexes: readonly SearchIndex[];
  readonly #tables: Tables;
  readonly #server: Server;

  constructor(tables: Tables, server: Server) {
    this.#tables = tables;
    this.#server = server;
    const { orders, order_shipments: shipments } = tables;
    const columns = Object.entries(COLUMNS).map(([column, value]) => ({
      name: `orders_${column}`,
      statements: [
        `ALTER TABLE ${orders} ADD ${column} VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
          GENERATED ALWAYS AS (${value}) VIRTUAL`,
        addKey(orders, `orders_${column}`, column),
      ],
    }));
    this.indexes = [...columns, { name: TRACKING, statements: [addKey(shipments, TRACKING, 'tracking_number')] }];
  }

  async present(): Promise<ReadonlySet<string>> {
    const { orders, order_shipments: shipments } = this.#tables;
    const rows = await this.#server.read({
      sql: `SELECT DISTINCT index_name AS name FROM information_schema.statistics
             WHERE table_schema = database() AND table_name IN (?, ?)`,
      values: [orders, shipments],
    });
    return new Set(rows.map((row) => String(row['name'])));
  }

  async create({ statements }: SearchIndex): Promise<void> {
    for (const statement of statements) await this.#server.add(statement);
  }

  conditions(shop: string, { kind, text }: SearchTerm): SearchCondition[] {
    const { orders } = this.#tables;
    if (kind === 'tracking-number') {
      return [trackingCondition(this.#tables, 's.shop', shop, text, `FORCE INDEX (${TRACKING})`)];
    }
    return COLUMNS_OF[kind].map((column) => {
      const [where, values] = matches(column, kind, text);
      const from = `${orders} o FORCE INDEX (orders_${column})`;
      return { kind, from, where: `o.shop = ? AND ${where}`, values: [shop, ...values] };
    });
  }

  /** MySQL and MariaDB each take the other's time limit for a comment. */
  async read({ sql, values }: SearchQuery): Promise<Row[]> {
    const [mariadb, mysql] = [TIME_LIMITS_MS.search / 1000, TIME_LIMITS_MS.search];
    const limits = `/*M! SET STATEMENT max_statement_time = ${mariadb} FOR */ SELECT /*+ MAX_EXECUTION_TIME(${mysql}) */`;
    return await this.#server.read({ sql: sql.replace(/^SELECT/, limits), values });
  }
}

function matches(column: Column, kind: 'phone' | 'email' | 'name', text: string): [sql: string, values: string[]] {
  if (kind !== 'phone') return [`o.${column} LIKE lower(?)`, [beginsWith(text)]];
  const whole = withoutCountryCode(text).map(reversed);
  const others = whole.map(() => ` OR o.${column} = ?`).join('');
  return [`(o.${column} LIKE ?${others})`, [beginsWith(reversed(text)), ...whole]];
}

function addKey(table: string, name: string, column: string): string {
  return `ALTER TABLE ${table} ADD KEY ${name} (shop, ${column}), ALGORITHM=INPLACE, LOCK=NONE`;
}

function name(value: string): string {
  return `left(lower(replace(${value}, ' ', '')), 64)`;
}

/** Without what phone numbers are written with, and reversed, so that the end of a number is the beginning of a value. */
function phone(value: string): string {
  const digits = [' ', '-', '+', '(', ')', '.', '/'].reduce((text, mark) => `replace(${text}, '${mark}', '')`, value);
  return `left(reverse(${digits}), 16)`;
}

function beginsWith(text: string): string {
  return `${text.replace(/[\\%_]/g, '\\$&')}%`;
}

function reversed(digits: string): string {
  return [...digits].reverse().join('').slice(0, 16);
}
