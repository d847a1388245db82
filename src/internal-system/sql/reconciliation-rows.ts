import { z } from 'zod';
import { LEDGER_STATES } from '../ledger.ts';
import type { ScanRun, ScanState } from '../reconciliation-store.ts';
import type { Row, ScanRow } from './columns.ts';
import { instant, orderStatus } from './records.ts';

/** The rows of reconciliation: the same columns in every database (see each schema.ts). */

const scanRow = z.object({
  cursor_at: instant.nullable(),
  newest_listed_at: instant.nullable(),
  begun_at: instant.nullable(),
  lease_holder: z.string().nullable(),
  lease_until: instant.nullable(),
  started_at: instant.nullable(),
  finished_at: instant.nullable(),
  compared: z.coerce.number(),
  found: z.coerce.number(),
  known: z.coerce.number(),
  error: z.string().nullable(),
  report: z.string().nullable(),
});

/** The state of a scan, and who holds its lease. No row: it never ran. */
export function scanOf(raw: Row | undefined): { state: ScanState; holder: string | null; leaseUntil: string | null } {
  if (raw === undefined) {
    return {
      state: { cursor: null, newestListed: null, begunAt: null, lastRun: null },
      holder: null,
      leaseUntil: null,
    };
  }
  const row = scanRow.parse(raw);
  const { started_at: startedAt, finished_at: finishedAt, compared, found, known, error } = row;
  const lastRun: ScanRun | null =
    startedAt === null || finishedAt === null
      ? null
      : { startedAt, finishedAt, compared, found, known, error, report: row.report ?? '{}' };
  const state = { cursor: row.cursor_at, newestListed: row.newest_listed_at, begunAt: row.begun_at, lastRun };
  return { state, holder: row.lease_holder, leaseUntil: row.lease_until };
}

/** The columns that these changes write. */
export function scanColumns({ cursor, newestListed, begunAt, lastRun }: Partial<ScanState>): ScanRow {
  return {
    ...(cursor === undefined ? {} : { cursor_at: asDate(cursor) }),
    ...(newestListed === undefined ? {} : { newest_listed_at: asDate(newestListed) }),
    ...(begunAt === undefined ? {} : { begun_at: asDate(begunAt) }),
    ...(lastRun === undefined || lastRun === null ? {} : runColumns(lastRun)),
  };
}

function runColumns({ startedAt, finishedAt, ...rest }: ScanRun): ScanRow {
  return { started_at: asDate(startedAt), finished_at: asDate(finishedAt), ...rest };
}

function asDate(time: string | null): Date | null {
  return time === null ? null : new Date(time);
}

export const nowRow = z.object({ now: instant });

export const storedRow = z.object({
  order_number: z.string(),
  status: orderStatus,
  updated_at: instant,
  content_hash: z.string(),
  placed_at: instant,
  currency: z.string(),
  grand_total: z.string(),
});

export const lastEventRow = z.object({ reference: z.string(), state: z.enum(LEDGER_STATES), updated_at: instant });
