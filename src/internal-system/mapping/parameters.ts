import { SyncError } from '../../errors.ts';
import { storable } from '../newest-wins.ts';
import type { SqlValue } from '../sql/columns.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { CompanyRow, Value } from './mapping.ts';

/** A mapping's value → a parameter. @param place what it is for, in errors */
export function parameter(dialect: Dialect, value: Value | undefined, place: string): SqlValue {
  if (typeof value === 'string') return storable(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return instantText(dialect, value);
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return value as SqlValue;
  const found = value === undefined ? 'nothing (undefined)' : value instanceof Date ? 'no valid time' : kindOf(value);
  throw new SyncError(
    'write_rejected',
    `The mapping gave ${place} ${found}, expected text, a finite number, a flag, a Date or null.`,
  );
}

/** MySQL's session is in UTC, and takes no zone behind a time. */
function instantText(dialect: Dialect, time: Date): string {
  const text = time.toISOString();
  return dialect === 'mysql' ? text.replace('T', ' ').replace('Z', '') : text;
}

function kindOf(value: unknown): string {
  return typeof value === 'number' ? 'a number that is not finite' : `a value of type ${typeof value}`;
}

/** A row as drivers return it → one whose values can be parameters again. */
export function companyRow(row: Readonly<Record<string, unknown>>): CompanyRow {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, asValue(value)]));
}

function asValue(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (value instanceof Date || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return value as Value;
  return Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value);
}

/**
 * Whether a column certainly holds this value already. An amount or a time that is spelled otherwise counts as another one: it is
 * then written, which changes nothing.
 */
export function holds(dialect: Dialect, stored: Value | undefined, given: Value | undefined): boolean {
  if (stored === undefined || given === undefined) return false;
  if (stored === null || given === null) return stored === given;
  if (stored instanceof Date) {
    return given instanceof Date ? stored.getTime() === given.getTime() : clockText(dialect, stored) === String(given);
  }
  if (given instanceof Date) return instantText(dialect, given) === stored;
  if (typeof stored === 'boolean' || typeof given === 'boolean') return Number(stored) === Number(given);
  // A number holds no trailing zeros, which a decimal has.
  if (typeof stored === 'number' && given !== '') return stored === Number(given);
  return String(stored) === storable(String(given));
}

/** A column without a zone, as it reads: MySQL's driver takes it for UTC, PostgreSQL's for this process's own zone. */
function clockText(dialect: Dialect, time: Date): string {
  const offsetMs = dialect === 'mysql' ? 0 : time.getTimezoneOffset() * 60_000;
  return new Date(time.getTime() - offsetMs).toISOString().slice(0, 19).replace('T', ' ');
}
