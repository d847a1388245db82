import { nowRow } from './reconciliation-rows.ts';
import type { SqlTransaction } from './sql-database.ts';

/**
 * Writes a row that nobody reads, so that there is something to commit: a transaction that changed nothing waits for no disk and
 * no standby. It needs no privilege that the daemon does not have.
 */
export async function trialWrite(transaction: SqlTransaction, shop: string): Promise<void> {
  const { now } = nowRow.parse(await transaction.lockScan(shop, 'check'));
  await transaction.updateScan(shop, 'check', { finished_at: new Date(now) });
}
