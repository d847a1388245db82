import { DatabaseError } from 'pg';
import { ConfigError, isOutageOf, SyncError } from '../../errors.ts';
import { tlsProblem } from '../../tls-problem.ts';
import { Refusal } from '../sql/refusal.ts';
import { DATABASE_TLS, NoServerError, placeOf, summedUp } from '../sql/server-failures.ts';
import { suppressedRows } from './count-rows.ts';

type WriteReason =
  | 'write_rejected'
  | 'write_failed'
  | 'internal_system_unavailable'
  | 'internal_system_refused_credentials';

/** What an SQLSTATE, or a class of them (its first two characters), means for a write. Unlisted ones: `write_failed`. */
const REASONS: Readonly<Record<string, WriteReason>> = {
  '0A': 'write_rejected', // a rule that staff added
  '22': 'write_rejected', // data exception
  '23': 'write_rejected', // integrity constraint violation
  '54': 'write_rejected', // program limit exceeded
  P0: 'write_rejected', // raised by a trigger that staff added
  '40': 'write_failed', // deadlock, serialization failure
  '55': 'write_failed', // lock not available in time
  '57014': 'write_failed', // statement timeout
  '08': 'internal_system_unavailable', // connection exception
  '25006': 'internal_system_unavailable', // read-only
  '25P03': 'internal_system_unavailable', // idle in transaction for too long
  '28': 'internal_system_refused_credentials',
  '3D': 'internal_system_unavailable', // no such database
  '42': 'internal_system_unavailable', // no such table or column, or no privilege on it: every write fails
  '53': 'internal_system_unavailable', // disk full, out of memory, too many connections
  '57': 'internal_system_unavailable', // shutting down, starting up
  '58': 'internal_system_unavailable', // input/output error
};

/** What a person must change before the daemon can work, by SQLSTATE. */
const REMEDIES: Readonly<Record<string, string>> = {
  '28P01': 'Check user and password in INTERNAL_SYSTEM_URL.',
  '28000':
    "Check user and host in INTERNAL_SYSTEM_URL and the server's pg_hba.conf; a server that wants TLS needs ?sslmode=require or better.",
  '3D000': 'Create the database, or name another one in INTERNAL_SYSTEM_URL.',
  '3F000': 'Create the schema of the search path, or set another one.',
  '42501':
    'Grant the role USAGE on the schema, CREATE on it for the first start, later SELECT, INSERT, UPDATE and DELETE on orders, order_lines, order_ledger, order_sync_audit, order_sync_discarded, order_sync_pauses and order_sync_daemons, SELECT, INSERT and UPDATE on order_sync_reconciliation, and SELECT on order_sync_schema.',
  '42P07':
    'Tables of these names existed before: give order-sync a schema of its own (INTERNAL_SYSTEM_SCHEMA), or a table prefix (INTERNAL_SYSTEM_TABLE_PREFIX).',
  '42P01':
    'A table is missing though the schema version says otherwise: restore it, or drop order_sync_schema and the other tables to start afresh.',
  '42703':
    "A column is missing though the schema version says otherwise: restore it; or, if the tables are not order-sync's, set INTERNAL_SYSTEM_TABLE_PREFIX.",
};

/**
 * A deadlock's victim, a serialization failure or an order inserted since: the same transaction may work at once.
 *
 * @param prefix of our tables
 */
export function lostRace(error: unknown, prefix: string): boolean {
  if (!(error instanceof DatabaseError)) return false;
  return ['40001', '40P01'].includes(error.code ?? '') || orderAppeared(error, prefix);
}

/**
 * The order is stored by now, under its number or its id. PostgreSQL names a key after its table, or the partition, with a number
 * behind it where the name is taken; the unique index of a partition after its columns.
 */
function orderAppeared({ code, constraint = '' }: DatabaseError, prefix: string): boolean {
  const name = constraint.startsWith(prefix) ? constraint.slice(prefix.length) : constraint;
  return code === '23505' && /^orders.*(?:_pkey|_identity|_shop_order_id_shop_idx)\d*$/.test(name);
}

/**
 * The connection has no prepared statement of that name, or already has one: old connection poolers swap connections. Or one
 * has outlived a change of its table.
 */
export function lostStatement(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  return ['26000', '42P05'].includes(error.code ?? '') || error.routine === 'RevalidateCachedQuery';
}

/** Whether the server itself answered, so that the connection is still good for a rollback. */
export function serverAnswered(error: unknown): boolean {
  return error instanceof DatabaseError;
}

/** Whether the connection was lost or fell silent: what became of the statement is unknown. */
export function gaveNoAnswer(error: unknown): boolean {
  return !serverAnswered(error) && isConnectionError(error);
}

/** Whether this server takes no writes, perhaps as the only one: another connection may lead to one that does. */
export function isUnavailable(error: unknown): boolean {
  const meaning = asWriteError(error);
  return isOutageOf('internal-system', meaning);
}

export function refusesCredentials(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith('28') === true;
}

/** An error of pg while the daemon works → SyncError; our own errors stay as they are. */
export function asWriteError(error: unknown, prefix = ''): unknown {
  if (error instanceof NoServerError) return summedUp(error, (failure) => asWriteError(failure));
  if (error instanceof DatabaseError && orderAppeared(error, prefix))
    return new SyncError('write_failed', 'Other writers kept inserting the same orders.');
  if (error instanceof DatabaseError) {
    const reason = reasonFor(error);
    const finding = `PostgreSQL${placeOf(error)} answered ${describe(error)}.${writeRemedy(error)}`;
    if (isRaised(error)) return new Refusal(reason, finding, error.message);
    return suppressedRows(error) ?? new SyncError(reason, finding);
  }
  if (!isConnectionError(error)) return error;
  const tls = tlsProblem(error, DATABASE_TLS);
  const finding =
    tls === undefined
      ? `PostgreSQL${placeOf(error)} is not answering: ${reasonOf(error)}.`
      : `No connection to PostgreSQL${placeOf(error)}: ${tls}.`;
  return new SyncError('internal_system_unavailable', finding);
}

/** The same at start-up and in `check`, where some answers are configuration errors. */
export function asSetupError(error: unknown): unknown {
  if (error instanceof NoServerError) return summedUp(error, asSetupError);
  if (error instanceof DatabaseError) {
    const remedy = REMEDIES[error.code ?? ''];
    if (remedy !== undefined)
      return new ConfigError([`PostgreSQL${placeOf(error)} answered ${describe(error)}. ${remedy}`]);
  }
  return asWriteError(error);
}

/** What a person must do, where the daemon learns of it only while it works. */
function writeRemedy(error: DatabaseError): string {
  if (error.code === '0A000')
    return ' Is there a rule on the table? Make it a trigger: order-sync must see which rows were written.';
  return refusesCredentials(error) ? ` ${REMEDIES['28P01']}` : '';
}

/** By a function of the company's, whatever code it chose. */
function isRaised({ code, routine }: DatabaseError): boolean {
  return routine === 'exec_stmt_raise' || code === 'P0001';
}

function reasonFor(error: DatabaseError): WriteReason {
  const code = error.code ?? '';
  return REASONS[code] ?? REASONS[code.slice(0, 2)] ?? (isRaised(error) ? 'write_rejected' : 'write_failed');
}

/** Code, place and, where it can't quote an order's data, the server's message. Its detail always may: it stays out. */
function describe(error: DatabaseError): string {
  const quotesData = isRaised(error) || /^(?:22|23|P0)/.test(error.code ?? '');
  const places = [error.constraint, error.table, error.column].filter((name) => name !== undefined);
  const where = places.length === 0 ? '' : ` (${places.join(', ')})`;
  return `${error.code}${where}${quotesData ? '' : `: ${error.message}`}`;
}

/** When a name has several addresses, Node's error for all of them has a code but no message. */
function reasonOf(error: Error): string {
  return error.message || ('code' in error ? String(error.code) : error.name);
}

/** Sockets, time limits and pg itself throw plain errors; a bug of ours is a TypeError or the like. */
function isConnectionError(error: unknown): error is Error {
  return error instanceof Error && ['Error', 'AggregateError'].includes(error.name);
}
