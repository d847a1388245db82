import { type Conflict, conflictsText, NO_CONFLICTS, withRaised } from '../conflicts.ts';
import type { LedgerFailure } from '../ledger.ts';
import type { StoredVersion } from '../newest-wins.ts';
import { UNFETCHED_LEDGER_COLUMNS, UPDATED_LEDGER_COLUMNS } from './columns.ts';
import { numbersOfIds } from './rare-lookups.ts';
import { storedVersions } from './records.ts';
import { failedLedgerRow } from './rows.ts';
import { lastOfEach, sortedUnique } from './sorted-keys.ts';
import type { SqlQuery, SqlTransaction } from './sql-database.ts';

/**
 * A failure is recorded under the event's name for the order, and never in an order's own row: before the fetch, nobody knows
 * which order it is.
 *
 * @returns the conflicts that each failure brings
 */
export async function writeFailures(
  transaction: SqlTransaction,
  shop: string,
  failures: readonly LedgerFailure[],
): Promise<(readonly Conflict[])[]> {
  const gone = failures.filter(({ state, reason }) => state === 'dead-lettered' && reason === 'order_not_found');
  const missed = gone.length === 0 ? undefined : await markGone(transaction, shop, gone);
  const latest = lastOfEach(failures, ({ eventInfo }) => eventInfo.reference);
  const fetched = latest.filter(({ order }) => order !== undefined).map((failure) => failedLedgerRow(shop, failure));
  const unfetched = latest.filter(({ order }) => order === undefined).map((failure) => failedLedgerRow(shop, failure));
  if (fetched.length > 0) await transaction.saveLedger(fetched, UPDATED_LEDGER_COLUMNS);
  if (unfetched.length > 0) await transaction.saveLedger(unfetched, UNFETCHED_LEDGER_COLUMNS);
  return failures.map(({ eventInfo }) => (missed?.has(eventInfo.reference) ? ['gone'] : NO_CONFLICTS));
}

/**
 * The shop has none of these orders any more, by number or id. One that is stored as paid would be shipped all the same, at once or
 * when it is no longer on hold.
 *
 * @returns the references of those that are
 */
async function markGone(
  transaction: SqlTransaction,
  shop: string,
  failures: readonly LedgerFailure[],
): Promise<ReadonlySet<string>> {
  const references = sortedUnique(failures.map(({ eventInfo }) => eventInfo.reference));
  const numbers = sortedUnique([...references, ...(await numbersOfIds(transaction, shop, references))]);
  const stored = storedVersions(await transaction.lockOrders(shop, numbers));
  const missed = new Set<string>();
  for (const version of stored.values()) {
    if (version.status !== 'paid' && version.status !== 'on_hold') continue;
    missed.add(version.orderNumber).add(version.shopOrderId);
    await transaction.run(goneUpdate(transaction.tables.orders, shop, version, failures[0]?.failedAt ?? new Date()));
  }
  return missed;
}

function goneUpdate(
  orders: string,
  shop: string,
  { orderNumber, conflicts, conflictAt }: StoredVersion,
  now: Date,
): SqlQuery {
  return {
    sql: `UPDATE ${orders} SET cancel_conflict = ?, conflicts = ?, conflict_at = ? WHERE shop = ? AND order_number = ?`,
    values: [
      true,
      conflictsText(withRaised(conflicts, ['gone'])),
      conflictAt === null ? now : new Date(conflictAt),
      shop,
      orderNumber,
    ],
  };
}
