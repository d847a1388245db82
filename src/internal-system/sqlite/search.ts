import type { SearchTerm } from '../search/order-search.ts';
import { withoutCountryCode } from '../search/personal-terms.ts';
import type { SearchAccess, SearchCondition, SearchIndex } from '../sql/search/access.ts';
import { trackingCondition } from '../sql/search/tracking-condition.ts';
import type { Tables } from '../sql/tables.ts';

/** SQLite cannot reverse a number: it is indexed by its last digits, and compared whole. */
const LAST_DIGITS = 4;
/** Behind every other character, so behind everything that begins with a text. */
const LAST_CHARACTER = '\u{10FFFF}';

const EXPRESSIONS = {
  name: name('$.buyer.name'),
  recipient: name('$.shippingAddress.recipient'),
  email: `lower(${field('$.buyer.email')})`,
  phone: lastDigits('$.buyer.phone'),
  recipient_phone: lastDigits('$.shippingAddress.phone'),
} as const;
type Column = keyof typeof EXPRESSIONS;

const COLUMNS_OF: Readonly<Record<'phone' | 'email' | 'name', readonly Column[]>> = {
  phone: ['phone', 'recipient_phone'],
  email: ['email'],
  name: ['name', 'recipient'],
};

const TRACKING = 'order_shipments_tracking_number';

export class SqliteSearch implements SearchAccess {
  readonly indexes: readonly SearchIndex[];
  /** Each statement names its index, so none takes long. */
  readonly read: SearchAccess['read'];
  readonly #tables: Tables;
  readonly #prefix: string;

  constructor(tables: Tables, prefix: string, read: SearchAccess['read']) {
    this.#tables = tables;
    this.#prefix = prefix;
    this.read = read;
    const index = (name: string, table: string, value: string): SearchIndex => ({
      name: `${prefix}${name}`,
      statements: [
        `CREATE INDEX IF NOT EXISTS ${prefix}${name} ON ${table} (shop, ${value}) WHERE ${value} IS NOT NULL`,
      ],
    });
    const columns = Object.entries(EXPRESSIONS).map(([column, value]) =>
      index(`orders_search_${column}`, tables.orders, value),
    );
    this.indexes = [...columns, index(TRACKING, tables.order_shipments, 'tracking_number')];
  }

  async present(): Promise<ReadonlySet<string>> {
    const rows = await this.read({ sql: "SELECT name FROM sqlite_schema WHERE type = 'index'", values: [] });
    return new Set(rows.map((row) => String(row['name'])));
  }

  async create({ statements }: SearchIndex): Promise<void> {
    for (const sql of statements) await this.read({ sql, values: [] });
  }

  conditions(shop: string, { kind, text }: SearchTerm): SearchCondition[] {
    if (kind === 'tracking-number') {
      return [trackingCondition(this.#tables, 's.shop', shop, text, `INDEXED BY ${this.#prefix}${TRACKING}`)];
    }
    return COLUMNS_OF[kind].map((column) => {
      const from = `${this.#tables.orders} o INDEXED BY ${this.#prefix}orders_search_${column}`;
      const [where, values] = kind === 'phone' ? endsWith(column, text) : beginsWith(column, text);
      return { kind, from, where: `o.shop = ? AND ${where}`, values: [shop, ...values] };
    });
  }
}

function beginsWith(column: Column, text: string): [sql: string, values: string[]] {
  const value = EXPRESSIONS[column];
  return [`${value} >= lower(?) AND ${value} < lower(?)`, [text, text + LAST_CHARACTER]];
}

function endsWith(column: Column, number: string): [sql: string, values: string[]] {
  const whole = withoutCountryCode(number);
  const value = digits(column === 'phone' ? '$.buyer.phone' : '$.shippingAddress.phone');
  const sql = `${EXPRESSIONS[column]} = ? AND (${value} LIKE ? OR ${value} IN (${whole.map(() => '?').join(', ')}))`;
  return [sql, [number.slice(-LAST_DIGITS), `%${number}`, ...whole]];
}

/** Staff may have edited a document into something that is no JSON: it is not found, and can be written. */
function field(path: string): string {
  return `CASE WHEN json_valid(document) THEN json_extract(document, '${path}') END`;
}

function name(path: string): string {
  return `lower(replace(${field(path)}, ' ', ''))`;
}

/** SQLite knows no patterns: without what phone numbers are written with. */
function digits(path: string): string {
  return [' ', '-', '+', '(', ')', '.', '/'].reduce((text, mark) => `replace(${text}, '${mark}', '')`, field(path));
}

function lastDigits(path: string): string {
  return `substr(${digits(path)}, -${LAST_DIGITS})`;
}
