import type { Order } from '../../orders/order.ts';
import type { Snapshot, WriteResult } from '../internal-system.ts';
import type { LedgerState } from '../ledger.ts';
import { UNDELIVERED_LEDGER_COLUMNS, UPDATED_LEDGER_COLUMNS } from './columns.ts';
import { failureKey } from './ledger-keys.ts';
import { syncedLedgerRow, undeliveredLedgerRow } from './rows.ts';
import { lastOfEach, sortedUnique } from './sorted-keys.ts';
import type { SqlTransaction } from './sql-database.ts';

/** What a write records in the ledger, and of which orders. */
export interface WriteRecord {
  readonly isRecorded: (result: WriteResult | undefined) => boolean;
  /** Of several snapshots of one order, the last is recorded. @param now an instant as ISO text */
  readonly save: (
    transaction: SqlTransaction,
    shop: string,
    snapshots: readonly Snapshot[],
    numberOf: (order: Order) => string,
    now: string,
  ) => Promise<void>;
}

/**
 * The ledger records every delivery, even one that changed nothing, and one that is fetched again once it is decided. What
 * failed before under the event's name for the order is done with.
 */
export const SYNCED: WriteRecord = {
  isRecorded: (result) => result?.outcome !== 'refused' && result?.stored === undefined,
  save: async (transaction, shop, snapshots, numberOf, now) => {
    const rows = snapshots.map((snapshot) => syncedLedgerRow(shop, numberOf(snapshot.order), snapshot, now));
    await transaction.saveLedger(
      lastOfEach(rows, ({ reference }) => String(reference)),
      UPDATED_LEDGER_COLUMNS,
    );
    const failures = snapshots.map(({ eventInfo }) => failureKey(eventInfo.reference));
    await transaction.deleteLedger(shop, sortedUnique(failures));
  },
};

/** Before an ERP: what is new here is not there yet. What failed stays, until it is delivered. */
export const UNDELIVERED: WriteRecord = {
  isRecorded: (result) => result?.outcome === 'synced',
  save: async (transaction, shop, snapshots, numberOf, now) => {
    const rows = snapshots.map((snapshot) => undeliveredLedgerRow(shop, numberOf(snapshot.order), snapshot, now));
    await transaction.saveLedger(
      lastOfEach(rows, ({ reference }) => String(reference)),
      UNDELIVERED_LEDGER_COLUMNS,
    );
  },
};

/** The ERP has the order as it is stored, under this number. A row of a former number would say for ever that it has not. */
export async function saveDelivered(
  transaction: SqlTransaction,
  shop: string,
  snapshot: Snapshot,
  orderNumber: string,
  now: string,
): Promise<void> {
  const [synced, undelivered] = ['synced', 'undelivered'] satisfies LedgerState[];
  await SYNCED.save(transaction, shop, [snapshot], () => orderNumber, now);
  await transaction.run({
    sql: `UPDATE ${transaction.tables.order_ledger} SET state = '${synced}'
           WHERE shop = ? AND shop_order_id = ? AND state = '${undelivered}'`,
    values: [shop, snapshot.order.shopOrderId],
  });
}
