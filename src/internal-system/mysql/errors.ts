import { ConfigError, isOutageOf, SyncError } from '../../errors.ts';
import { tlsProblem } from '../../tls-problem.ts';
import { Refusal } from '../sql/refusal.ts';
import { DATABASE_TLS, NoServerError, placeOf, summedUp } from '../sql/server-failures.ts';

type WriteReason =
  | 'write_rejected'
  | 'write_failed'
  | 'internal_system_unavailable'
  | 'internal_system_refused_credentials';

const DEADLOCK = 1213;
/** Of a trigger that staff added, unless it chose another number. */
const SIGNAL = 1644;
const DUPLICATE_KEY = 1062;
/** MariaDB 11 and later: the row changed since this transaction read it. */
const ROW_CHANGED = 1020;

const THERE_ALREADY: readonly (number | undefined)[] = [
  1060, // a column
  1061, // a key
];

/** What a server's error number means for a write. Unlisted ones: `write_failed`. */
const REASONS: Readonly<Record<number, WriteReason>> = {
  ...all('write_rejected', [
    1048, // a column may not be null
    DUPLICATE_KEY, // of a unique index that staff added: for one of ours, the transaction runs again
    1153, // larger than max_allowed_packet
    1264, // number out of range
    1265, // data truncated
    1292, // wrong time
    1364, // a column that staff added has no default
    1366, // wrong string value
    1406, // data too long
    1451, // foreign keys that staff added
    1452,
    SIGNAL,
    1690, // number out of range in an expression
    3140, // invalid JSON
    3157, // JSON too deep
    3819, // check constraint (MySQL)
    4025, // check constraint (MariaDB), invalid or too deep JSON too
  ]),
  ...all('internal_system_refused_credentials', [
    1044, // no privilege on the database
    1045, // user or password
    1130, // this host may not connect
    1698, // user or password
  ]),
  ...all('internal_system_unavailable', [
    1021, // disk full
    1026, // write error
    1030, // storage engine error
    1037, // out of memory
    1038,
    1040, // too many connections
    1041,
    1049, // no such database
    1053, // shutting down
    1054, // no such column
    1114, // table full
    1142, // no privilege on the table
    1143, // no privilege on the column
    1146, // no such table
    1158, // network errors
    1159,
    1160,
    1161,
    1184,
    1203, // too many connections of this user
    1226, // a limit of this user
    1290, // read-only
    1792, // read-only
    1836, // read-only
    1927, // connection killed
    3169, // session killed
    4031, // disconnected for being idle
  ]),
};

const DATABASE_REMEDY = 'Create the database and grant the user its use, or name another one in INTERNAL_SYSTEM_URL.';
const CREDENTIALS_REMEDY = 'Check user, password and host in INTERNAL_SYSTEM_URL.';
const PRIVILEGES_REMEDY =
  'Grant the user CREATE, ALTER and INDEX on the database for the first start and after an upgrade, otherwise SELECT, INSERT, UPDATE and DELETE on orders, order_lines, order_ledger, order_sync_audit, order_sync_discarded, order_sync_pauses and order_sync_daemons, SELECT, INSERT and UPDATE on order_sync_reconciliation, and SELECT on order_sync_schema.';

/** What a person must change before the daemon can work, by error number. */
const REMEDIES: Readonly<Record<number, string>> = {
  1044: DATABASE_REMEDY,
  1049: DATABASE_REMEDY,
  1045: CREDENTIALS_REMEDY,
  1698: CREDENTIALS_REMEDY,
  1130: CREDENTIALS_REMEDY,
  1142: PRIVILEGES_REMEDY,
  1143: PRIVILEGES_REMEDY,
  1146: 'A table is missing though the schema version says otherwise: restore it, or drop order_sync_schema and the other tables to start afresh.',
  1054: "A column is missing though the schema version says otherwise: restore it; or, if the tables are not order-sync's, set INTERNAL_SYSTEM_TABLE_PREFIX.",
  3159: 'The server requires TLS: add ?sslmode=require or stricter to INTERNAL_SYSTEM_URL.',
};

/** Errors whose message names columns, constraints or accounts, and never quotes an order's data. */
const PLAIN_MESSAGES = new Set([1044, 1045, 1049, 1054, 1130, 1142, 1143, 1146, 1264, 1364, 1406, 1698, 3819, 4025]);

/** What mysql2 throws: an answer from the server has a number and an SQL state; anything else means that it did not answer. */
interface DriverError extends Error {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  readonly fatal?: unknown;
}

/** A deadlock's victim, or an order inserted since: the same transaction may work at once. */
export function lostRace(error: unknown): boolean {
  const number = answerNumber(error);
  return number !== undefined && [DEADLOCK, DUPLICATE_KEY, ROW_CHANGED].includes(number);
}

/** Whether the server itself answered, so that the connection is still good for a rollback. */
export function serverAnswered(error: unknown): boolean {
  return answerNumber(error) !== undefined || error instanceof SyncError;
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
  return [1045, 1698].includes(answerNumber(error) ?? 0);
}

/** An error of mysql2 while the daemon works → SyncError; our own errors stay as they are. */
export function asWriteError(error: unknown): unknown {
  if (error instanceof NoServerError) return summedUp(error, asWriteError);
  const number = answerNumber(error);
  if (number !== undefined) {
    const remedy = refusesCredentials(error) ? ` ${CREDENTIALS_REMEDY}` : '';
    const finding = `The MySQL server${placeOf(error)} answered ${describe(error, number)}.${remedy}`;
    if (isSignalled(error)) return new Refusal('write_rejected', finding, error.message);
    return new SyncError(REASONS[number] ?? 'write_failed', finding);
  }
  if (!isConnectionError(error)) return error;
  const tls = tlsProblem(error, DATABASE_TLS);
  const finding =
    tls === undefined
      ? `The MySQL server${placeOf(error)} is not answering: ${error.message || String(error.code)}.`
      : `No connection to the MySQL server${placeOf(error)}: ${tls}.`;
  return new SyncError('internal_system_unavailable', finding);
}

/** The same at start-up and in `check`, where some answers are configuration errors. */
export function asSetupError(error: unknown): unknown {
  if (error instanceof NoServerError) return summedUp(error, asSetupError);
  const number = answerNumber(error);
  const remedy = number === undefined ? undefined : REMEDIES[number];
  if (number === undefined || remedy === undefined) return asWriteError(error);
  return new ConfigError([`The MySQL server${placeOf(error)} answered ${describe(error, number)}. ${remedy}`]);
}

/** What a statement was to add is there. */
export function isThereAlready(error: unknown): boolean {
  return THERE_ALREADY.includes(answerNumber(error));
}

/** A trigger's own words. */
function isSignalled(error: unknown): error is Error {
  return isDriverError(error) && (error.errno === SIGNAL || error.sqlState === '45000');
}

function describe(error: unknown, number: number): string {
  return error instanceof Error && PLAIN_MESSAGES.has(number) ? `${number}: ${error.message}` : `error ${number}`;
}

function answerNumber(error: unknown): number | undefined {
  if (!isDriverError(error) || typeof error.errno !== 'number' || error.errno < 1000) return undefined;
  return error.errno;
}

function isConnectionError(error: unknown): error is DriverError {
  return isDriverError(error) && (error.fatal === true || typeof error.code === 'string');
}

/** Sockets and mysql2 throw plain errors; a bug of ours is a TypeError or the like. */
function isDriverError(error: unknown): error is DriverError {
  return error instanceof Error && ['Error', 'AggregateError'].includes(error.name);
}

function all(reason: WriteReason, numbers: readonly number[]): Record<number, WriteReason> {
  return Object.fromEntries(numbers.map((number) => [number, reason]));
}
