import { codeBlocks } from '../docs/documents.ts';
import type { DatabaseKind, StaffSession } from '../internal-system/helpers/test-databases.ts';

/** How other databases say what the tables of docs/own-tables.md say in MySQL. */
const WORDS: Readonly<Record<DatabaseKind, readonly (readonly [RegExp, string])[]>> = {
  MySQL: [[/ENGINE=InnoDB/g, 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb3']],
  PostgreSQL: [
    [/INT UNSIGNED AUTO_INCREMENT/g, 'bigint GENERATED ALWAYS AS IDENTITY'],
    [/TINYINT UNSIGNED/g, 'smallint'],
    [/DATETIME/g, 'timestamp(0)'],
    [/ENGINE=InnoDB/g, ''],
  ],
  SQLite: [
    [/INT UNSIGNED AUTO_INCREMENT PRIMARY KEY/g, 'INTEGER PRIMARY KEY AUTOINCREMENT'],
    [/ENGINE=InnoDB/g, ''],
  ],
};

function companyTables(kind: DatabaseKind): string[] {
  const [{ code = '' } = {}] = codeBlocks('docs/own-tables.md', 'sql');
  const translated = WORDS[kind].reduce((sql, [from, to]) => sql.replace(from, to), code);
  return translated.split(';').filter((statement) => statement.trim() !== '');
}

export async function createCompanyTables(kind: DatabaseKind, staff: StaffSession): Promise<void> {
  for (const statement of companyTables(kind)) await staff.sql(statement);
}

/** Both tables as text, whatever the driver's types are, without the ids that the database gave. */
export async function companyRows(staff: StaffSession): Promise<{ orders: TextRow[]; goods: TextRow[] }> {
  const orders = await staff.sql('SELECT * FROM ecs_order_info ORDER BY order_sn');
  const goods = await staff.sql(
    `SELECT o.order_sn, g.line_no, g.goods_sn, g.goods_name, g.goods_number, g.goods_price, g.send_number
       FROM ecs_order_goods g JOIN ecs_order_info o ON o.order_id = g.order_id ORDER BY o.order_sn, g.line_no`,
  );
  return { orders: orders.map(({ order_id: _, ...row }) => asText(row)), goods: goods.map(asText) };
}

export type TextRow = Readonly<Record<string, string | null>>;

function asText(row: Readonly<Record<string, unknown>>): TextRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === null ? null : textOf(name, value)]),
  );
}

/** SQLite keeps decimals as numbers. */
function textOf(name: string, value: unknown): string {
  if (/amount|fee|price/.test(name)) return Number(value).toFixed(2);
  return value instanceof Date ? value.toISOString() : String(value);
}
