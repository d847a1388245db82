import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { OwnRow } from '../checks/check-own-tables.ts';
import { canonicalText } from '../checks/records.ts';
import { type DatabaseKind, documentText, type InternalDatabase } from './internal-database.ts';

const ID: Readonly<Record<DatabaseKind, string>> = {
  sqlite: 'INTEGER PRIMARY KEY',
  postgres: 'bigserial PRIMARY KEY',
  mariadb: 'BIGINT AUTO_INCREMENT PRIMARY KEY',
};

/** The company's tables, as chaos-tables.ts writes them: there before order-sync is. */
export async function createOwnTables({ kind, file, run }: InternalDatabase): Promise<void> {
  // A file that is not there yet can't be read.
  if (kind === 'sqlite') new DatabaseSync(file).close();
  const text = kind === 'mariadb' ? 'LONGTEXT CHARACTER SET utf8mb4' : 'text';
  for (const statement of [
    `CREATE TABLE own_orders (id ${ID[kind]}, order_sn VARCHAR(64), content ${text})`,
    `CREATE TABLE own_lines (id ${ID[kind]}, own_order BIGINT, line_no INT, sku VARCHAR(64))`,
    `CREATE TABLE own_journal (id ${ID[kind]}, order_sn VARCHAR(64), content ${text})`,
    'CREATE INDEX own_by_number ON own_orders (order_sn)',
    'CREATE INDEX own_by_order ON own_lines (own_order)',
  ])
    await run(statement);
}

const row = z.object({
  order_number: z.string(),
  stored: z.string().nullable(),
  own: z.string().nullable(),
  own_lines: z.coerce.number(),
});

/** Both tables at one moment: one statement sees one state of the database. */
export async function readOwnRows({ kind, run }: InternalDatabase): Promise<OwnRow[]> {
  const lines = '(SELECT count(*) FROM own_lines l WHERE l.own_order = w.id)';
  const rows = await run(
    `SELECT o.order_number, ${documentText(kind)} AS stored, w.content AS own, ${lines} AS own_lines
       FROM orders o LEFT JOIN own_orders w ON w.order_sn = o.order_number
     UNION ALL
     SELECT w.order_sn, NULL, w.content, ${lines} FROM own_orders w
      WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.order_number = w.order_sn)`,
  );
  return z
    .array(row)
    .parse(rows)
    .map(({ order_number: orderNumber, stored, own, own_lines }) => ({
      orderNumber,
      stored: canonical(stored),
      own: canonical(own),
      lines: own_lines,
      linesInContent: stored === null ? 0 : content.parse(JSON.parse(stored)).lines.length,
    }));
}

const entry = z.object({ order_sn: z.string(), content: z.string() });

export async function readJournal({ run }: InternalDatabase): Promise<{ orderNumber: string; content: string }[]> {
  const rows = z.array(entry).parse(await run('SELECT order_sn, content FROM own_journal ORDER BY id'));
  return rows.map(({ order_sn, content: text }) => ({
    orderNumber: order_sn,
    content: canonicalText(JSON.parse(text)),
  }));
}

const content = z.object({ lines: z.array(z.unknown()) });

function canonical(text: string | null): string | undefined {
  return text === null ? undefined : canonicalText(JSON.parse(text));
}
