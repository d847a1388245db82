import { z } from 'zod';
import { LEDGER_STATES, ledgerReason } from '../ledger.ts';
import type {
  KnownOrder,
  OrderNames,
  ScanRun,
  ScanState,
  StoredContent,
  VersionFacts,
} from '../reconciliation-store.ts';
import type { Row, ScanRow } from './columns.ts';
import { referenceOf } from './ledger-keys.ts';
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
  shop_order_id: z.string(),
  status: orderStatus,
  updated_at: instant,
  content_hash: z.string(),
  placed_at: instant,
  currency: z.string(),
  grand_total: z.string(),
});
type StoredRow = z.output<typeof storedRow>;

export const versionRow = z.object({
  shop_order_id: z.string(),
  status: orderStatus,
  updated_at: instant,
  content_hash: z.string(),
});

/** By the order's id in the shop. */
export function versionOf(raw: Row): [string, VersionFacts] {
  const row = versionRow.parse(raw);
  const { status, updated_at: updatedAt, content_hash: contentHash } = row;
  return [row.shop_order_id, { status, updatedAt, contentHash }];
}

export const lastEventRow = z.object({
  reference: z.string(),
  order_number: z.string().nullable(),
  shop_order_id: z.string().nullable(),
  state: z.enum(LEDGER_STATES),
  last_error: z.string().nullable(),
  updated_at: instant,
});
export type LastEventRow = z.output<typeof lastEventRow>;

/**
 * @param stored under these orders' numbers
 * @param events of these orders' numbers and ids, and of the stored ones' ids
 * @param ambiguous names that may be another order's: an event of that name that failed before the fetch is nobody's, so the
 *   order gets one of its own
 */
export function knownFrom(
  orders: readonly OrderNames[],
  stored: readonly StoredRow[],
  events: readonly LastEventRow[],
  ambiguous: ReadonlySet<string>,
): KnownOrder[] {
  const rowOf = new Map(stored.map((row) => [row.order_number, row]));
  const eventsOf = Map.groupBy(events, ({ reference }) => referenceOf(reference));
  return orders.map(({ orderNumber, shopOrderId }) => {
    const row = rowOf.get(orderNumber);
    const id = shopOrderId ?? row?.shop_order_id;
    const isNumberTaken = row !== undefined && row.shop_order_id !== id;
    const isOfThis = (event: LastEventRow, name: string) => {
      if (event.order_number === null) return !ambiguous.has(name) && !(isNumberTaken && name === orderNumber);
      if (event.shop_order_id === null || id === undefined) return event.order_number === orderNumber;
      return event.shop_order_id === id;
    };
    const names = new Set(id === undefined ? [orderNumber] : [orderNumber, id]);
    const [last] = [...names]
      .flatMap((name) => (eventsOf.get(name) ?? []).filter((event) => isOfThis(event, name)))
      .sort(latestFirst);
    const reason = ledgerReason(last?.last_error ?? '');
    return {
      stored: row === undefined ? undefined : storedContent(row),
      lastEvent: last === undefined ? undefined : { state: last.state, at: last.updated_at, reason },
    };
  });
}

/** An event is written and fails within one millisecond if it announced more than the shop shows. */
function latestFirst(a: LastEventRow, b: LastEventRow): number {
  if (a.updated_at !== b.updated_at) return a.updated_at < b.updated_at ? 1 : -1;
  return Number(isWritten(a)) - Number(isWritten(b));
}

function isWritten({ state }: LastEventRow): boolean {
  return state === 'synced' || state === 'undelivered';
}

export const undeliveredRow = z.object({
  ledger_key: z.string(),
  order_number: z.string(),
  shop_order_id: z.string(),
  status: orderStatus,
  updated_at: instant,
});

function storedContent(row: StoredRow): StoredContent {
  return {
    shopOrderId: row.shop_order_id,
    status: row.status,
    updatedAt: row.updated_at,
    contentHash: row.content_hash,
    placedAt: row.placed_at,
    currency: row.currency,
    grandTotal: row.grand_total,
  };
}
