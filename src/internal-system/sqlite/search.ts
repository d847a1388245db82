import type { SearchTerm } from '../search/order-search.ts';
import { withoutCountryCode } from '../search/personal-terms.ts';
import type { SearchAccess, SearchCondition, SearchIndex } from '../sql/search/access.ts';
import { trackingCondition } from '../sql/search/tracking-condition.ts';
import type { Tables } from '../sql/tables.ts';

/** SQLite cannot reverse a number: it is indexed by its last digits, and compared whole. */
const LAST_DIGITS = 4;
/** Behind every other character, so behind everything that begins with a text. */
const LAST_CHARACTER = '\u{10FFFF}';

const [BUYER, BUYER_PHONE] = [field('$.buyer.name'), field('$.buyer.phone')];
const [RECIPIENT, PHONE] = [field('$.shippingAddress.recipient'), field('$.shippingAddress.phone')];

/** Nearly always, the recipient is the buyer: then the buyer has no entry. */
const INDEXES = {
  recipient: { value: name(`coalesce(${RECIPIENT}, ${BUYER})`), where: '' },
  buyer: { value: name(BUYER), where: ` WHERE ${BUYER} <> ${RECIPIENT}` },
  email: { value: `lower(${field('$.buyer.email')})`, where: '' },
  phone: { value: lastDigits(`coalesce(${PHONE}, ${BUYER_PHONE})`), where: '' },
  buyer_phone: { value: lastDigits(BUYER_PHONE), where: ` WHERE ${BUYER_PHONE} <> ${PHONE}` },
} as const;
type Index = keyof typeof INDEXES;

const INDEXES_OF: Readonly<Record<'phone' | 'email' | 'name', readonly Index[]>> = {
  phone: ['phone', 'buyer_phone'],
  email: ['email'],
  name: ['recipient', 'buyer'],
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
    const index = (name: string, on: string): SearchIndex => ({
      name: `${prefix}${name}`,
      statements: [`CREATE INDEX IF NOT EXISTS ${prefix}${name} ON ${on}`],
    });
    const ofOrders = Object.entries(INDEXES).map(([each, { value, where }]) =>
      index(`orders_search_${each}`, `${tables.orders} (shop, ${value})${where}`),
    );
    this.indexes = [...ofOrders, index(TRACKING, `${tables.order_shipments} (shop, tracking_number)`)];
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
    return INDEXES_OF[kind].map((index) => {
      const from = `${this.#tables.orders} o INDEXED BY ${this.#prefix}orders_search_${index}`;
      const [found, values] = kind === 'phone' ? endsWith(index, text) : beginsWith(index, text);
      const where = INDEXES[index].where.replace(' WHERE', ' AND');
      return { kind, from, where: `o.shop = ? AND ${found}${where}`, values: [shop, ...values] };
    });
  }
}

function beginsWith(index: Index, text: string): [sql: string, values: string[]] {
  const { value } = INDEXES[index];
  return [`${value} >= lower(?) AND ${value} < lower(?)`, [text, text + LAST_CHARACTER]];
}

function endsWith(index: Index, number: string): [sql: string, values: string[]] {
  const whole = withoutCountryCode(number);
  const value = digits(index === 'phone' ? `coalesce(${PHONE}, ${BUYER_PHONE})` : BUYER_PHONE);
  const sql = `${INDEXES[index].value} = ? AND (${value} LIKE ? OR ${value} IN (${whole.map(() => '?').join(', ')}))`;
  return [sql, [number.slice(-LAST_DIGITS), `%${number}`, ...whole]];
}

/** Staff may have edited a document into something that is no JSON: it is not found, and can be written. */
function field(path: string): string {
  return `CASE WHEN json_valid(document) THEN json_extract(document, '${path}') END`;
}

function name(value: string): string {
  return `lower(replace(${value}, ' ', ''))`;
}

/** SQLite knows no patterns: without what phone numbers are written with. */
function digits(value: string): string {
  return without([' ', '-', '+', '(', ')', '.', '/'], value);
}

/** Fewer marks stand between the last ones, and each write removes them. */
function lastDigits(value: string): string {
  return `substr(${without([' ', '-', '.'], value)}, -${LAST_DIGITS})`;
}

function without(marks: readonly string[], value: string): string {
  return marks.reduce((text, mark) => `replace(${text}, '${mark}', '')`, value);
}
