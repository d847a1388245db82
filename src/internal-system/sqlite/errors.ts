import { ConfigError, SyncError } from '../../errors.ts';
import { Refusal } from '../sql/refusal.ts';

type WriteReason = 'write_rejected' | 'write_failed' | 'internal_system_unavailable';

const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const CANNOT_OPEN = 14;
const CONSTRAINT = 19;
const NOT_A_DATABASE = 26;
/** The extended code of a trigger's RAISE. */
const RAISED = 1811;

/** What SQLite's primary result codes mean for a write. Unlisted ones: `write_failed`. */
const REASONS: Readonly<Record<number, WriteReason>> = {
  18: 'write_rejected', // TOOBIG
  [CONSTRAINT]: 'write_rejected', // a trigger's RAISE too
  20: 'write_rejected', // MISMATCH
  3: 'internal_system_unavailable', // PERM
  5: 'internal_system_unavailable', // BUSY, after the busy timeout
  7: 'internal_system_unavailable', // NOMEM
  [READ_ONLY]: 'internal_system_unavailable',
  [IO_ERROR]: 'internal_system_unavailable',
  [CORRUPT]: 'internal_system_unavailable',
  13: 'internal_system_unavailable', // FULL
  [CANNOT_OPEN]: 'internal_system_unavailable',
  [NOT_A_DATABASE]: 'internal_system_unavailable',
};

/** What a person must change before the daemon can work, by primary result code. */
const REMEDIES: Readonly<Record<number, string>> = {
  1: 'Tables of these names existed before, or were changed since: give order-sync a file of its own or set INTERNAL_SYSTEM_TABLE_PREFIX, or restore the tables.',
  [CANNOT_OPEN]: 'Check the path in INTERNAL_SYSTEM_URL, and that this user may create and write files there.',
  [NOT_A_DATABASE]: 'The file is not an SQLite database: name another one in INTERNAL_SYSTEM_URL.',
};

/** Whether the connection itself may be to blame, as with a volume that was unmounted: another one may work. */
export function leadsNowhere(error: unknown): boolean {
  return [READ_ONLY, IO_ERROR, CORRUPT, CANNOT_OPEN, NOT_A_DATABASE].includes(primaryCode(error) ?? 0);
}

/** An error of node:sqlite while the daemon works → SyncError; any other error stays as it is. */
export function asWriteError(error: unknown): unknown {
  const code = primaryCode(error);
  if (code === undefined) return error;
  const reason = REASONS[code] ?? 'write_failed';
  const finding = `SQLite answered ${describe(error)}.`;
  return error instanceof Error && isRaised(error)
    ? new Refusal(reason, finding, error.message)
    : new SyncError(reason, finding);
}

/** The same at start-up and in `check`, where some answers are configuration errors. */
export function asSetupError(error: unknown): unknown {
  const remedy = REMEDIES[primaryCode(error) ?? 0];
  if (remedy === undefined) return asWriteError(error);
  return new ConfigError([`SQLite answered ${describe(error)}. ${remedy}`]);
}

/** The order is stored already, under another number: its id was inserted again. */
export function orderAppeared(error: unknown, orders: string): boolean {
  return (
    primaryCode(error) === CONSTRAINT && error instanceof Error && error.message.includes(` ${orders}.shop_order_id`)
  );
}

/** A trigger's own words. */
function isRaised(error: Error): boolean {
  return 'errcode' in error && error.errcode === RAISED;
}

/** SQLite's messages name tables and columns, never values. A trigger's own text may: only its code is shown. */
function describe(error: unknown): string {
  if (!(error instanceof Error) || !('errcode' in error)) return String(error);
  return isRaised(error) ? 'that a trigger refused the write (1811)' : `${error.errcode}: ${error.message}`;
}

/** The last byte of an extended result code is the primary one. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}
