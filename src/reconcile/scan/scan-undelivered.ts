import { UNKNOWN_ORDER, type UndeliveredOrder } from '../../internal-system/reconciliation-store.ts';
import { type BehindOrder, publishMissedEvents } from '../missed-events.ts';
import type { ScanContext } from './scan-context.ts';

/**
 * Finds what the ledger holds and the ERP has not got, from the ledger alone: the shop need not list those orders any more, and
 * agrees with what is stored if it does.
 */
export async function scanUndelivered(context: ScanContext): Promise<void> {
  const { store, report, signal } = context;
  for (let after: string | null = null; ; ) {
    signal.throwIfAborted();
    const orders: readonly UndeliveredOrder[] = (await store.undeliveredOrders?.(after)) ?? [];
    const last = orders.at(-1);
    if (last === undefined) return;
    const known = await store.knownOrders(orders);
    const behind = orders.map(
      (stub, index): BehindOrder => ({ stub, discrepancy: 'undelivered', known: known[index] ?? UNKNOWN_ORDER }),
    );
    await publishMissedEvents(behind, context);
    report.compared(orders.length);
    after = last.key;
  }
}
