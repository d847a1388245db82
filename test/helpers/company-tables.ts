import type { DatabaseKind, StaffSession } from '../internal-system/helpers/test-databases.ts';

/** The tables of docs/own-tables.md, as an ECShop has them, with the words of each database. */
const WORDS: Readonly<Record<DatabaseKind, { id: string; tiny: string; datetime: string; end: string }>> = {
  SQLite: { id: 'INTEGER PRIMARY KEY AUTOINCREMENT', tiny: 'INTEGER', datetime: 'TEXT', end: '' },
  PostgreSQL: {
    id: 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
    tiny: 'smallint',
    datetime: 'timestamp(0)',
    end: '',
  },
  MySQL: {
    id: 'INT UNSIGNED AUTO_INCREMENT PRIMARY KEY',
    tiny: 'TINYINT UNSIGNED',
    datetime: 'DATETIME',
    end: 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb3',
  },
};

export function companyTables(kind: DatabaseKind): string[] {
  const { id, tiny, datetime, end } = WORDS[kind];
  return [
    `CREATE TABLE ecs_order_info (
      order_id ${id},
      order_sn VARCHAR(64) NOT NULL UNIQUE,
      order_status ${tiny} NOT NULL,
      shipping_status ${tiny} NOT NULL,
      pay_status ${tiny} NOT NULL,
      consignee VARCHAR(60) NOT NULL,
      mobile VARCHAR(60) NOT NULL,
      address VARCHAR(255) NOT NULL,
      zipcode VARCHAR(60) NOT NULL,
      postscript VARCHAR(255) NOT NULL,
      to_buyer VARCHAR(255) NOT NULL,
      goods_amount DECIMAL(10,2) NOT NULL,
      shipping_fee DECIMAL(10,2) NOT NULL,
      order_amount DECIMAL(10,2) NOT NULL,
      add_time INT NOT NULL,
      pay_time INT NOT NULL,
      last_change ${datetime} NOT NULL
    ) ${end}`,
    `CREATE TABLE ecs_order_goods (
      rec_id ${id},
      order_id INT NOT NULL,
      line_no INT NOT NULL,
      goods_sn VARCHAR(60) NOT NULL,
      goods_name VARCHAR(120) NOT NULL,
      goods_number INT NOT NULL,
      goods_price DECIMAL(10,2) NOT NULL,
      send_number INT NOT NULL,
      UNIQUE (order_id, line_no)
    ) ${end}`,
  ];
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
