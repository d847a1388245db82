import type { DatabaseError } from 'pg';
import type { SyncError } from '../../errors.ts';
import { suppressed } from '../sql/refusal.ts';

const NO_NUMBER = '22P02';
const MARK = 'rows of order-sync in';

/**
 * The statement, which fails unless it writes as many rows as expected: a BEFORE trigger that returns NULL leaves out its row, and
 * PostgreSQL reports success. It must fail by itself, as the COMMIT is sent right behind it.
 *
 * @param statement an INSERT or UPDATE of this table
 * @param expected an expression, such as `$2`
 */
export function writingAll(table: string, statement: string, expected: string): string {
  return `WITH written AS (${statement} RETURNING 1)
    SELECT ${failingBelow(table, 'counted.written', `${expected}::bigint`)} FROM (SELECT count(*) AS written FROM written) AS counted`;
}

/** Reads as a number what is none, where the rows written are fewer than expected. */
export function failingBelow(table: string, written: string, expected: string): string {
  const name = table.replace(/^".*"\./, '');
  return `CASE WHEN ${written} < ${expected} THEN (${written} || ' of ' || ${expected} || ' ${MARK} ${name}')::integer END`;
}

/** Of the server's message, only what it quotes is the same in every language. */
export function suppressedRows(error: DatabaseError): SyncError | undefined {
  if (error.code !== NO_NUMBER) return undefined;
  const [, written, expected, table] = new RegExp(`(\\d+) of (\\d+) ${MARK} (\\w+)`).exec(error.message) ?? [];
  return table === undefined ? undefined : suppressed(table, Number(written), Number(expected));
}
