import { inBatches } from '../../async/in-batches.ts';
import { UNKNOWN_ORDER } from '../../internal-system/reconciliation-store.ts';
import type { OrderStub, ShopClient } from '../../shop/shop-client.ts';
import { compareStub, isPruned } from '../comparison.ts';
import { type BehindOrder, publishMissedEvents } from '../missed-events.ts';
import { type NewerOrder, reportNewer } from '../newer-orders.ts';
import type { Finding } from '../report.ts';
import { ShopOrders } from '../shop-orders.ts';
import { BATCH_SIZE, type ScanContext, untilCalm } from './scan-context.ts';
import { ScanPosition } from './scan-position.ts';
import { withoutOdd } from './without-odd.ts';

/**
 * Scans the shop's changes, oldest first: compare → publish → move the cursor.
 *
 * Everything up to the cursor was compared, and the broker has confirmed the events for it. The cursor never passes a change
 * that must be looked at again: one made moments ago, or one whose event is being retried. It is saved after each batch, so
 * the next scan continues where an interrupted one stopped.
 *
 * @param save stores how far the scan has got
 */
export async function scanChanges(
  since: Date,
  context: ScanContext,
  shop: ShopClient,
  save: (position: ScanPosition) => Promise<void>,
): Promise<void> {
  const shopOrders = new ShopOrders(shop, context.signal);
  const position = new ScanPosition(since, context.grace);
  try {
    await save(position);
    for await (const stubs of inBatches(context.list(since, context.signal), BATCH_SIZE)) {
      const due = stubs.filter(({ updatedAt }) => context.grace.isOver(updatedAt));
      const findings = await compare(await withoutOdd(due, context), shopOrders, context);
      context.report.skipped('underWay', stubs.length - due.length);
      position.advance(stubs, due, findings);
      await save(position);
      if (findings.length > 0) await untilCalm(context);
    }
  } finally {
    shopOrders.close();
  }
}

/** @returns the orders that are behind */
async function compare(stubs: readonly OrderStub[], shopOrders: ShopOrders, context: ScanContext): Promise<Finding[]> {
  const knownOrders = await context.store.knownOrders(stubs);
  const behind: BehindOrder[] = [];
  const newer: NewerOrder[] = [];
  let [carts, pruned] = [0, 0];
  for (const [index, stub] of stubs.entries()) {
    const known = knownOrders[index] ?? UNKNOWN_ORDER;
    const comparison = compareStub(stub, known.stored);
    if (comparison === 'cart') carts += 1;
    else if (isPruned(stub, comparison, context)) pruned += 1;
    else if (comparison === 'newer') newer.push({ stub, known });
    else if (comparison !== 'agrees') behind.push({ stub, discrepancy: comparison, known });
  }
  const findings = await publishMissedEvents(behind, context);
  await reportNewer(newer, shopOrders, context);
  context.report.skipped('carts', carts);
  context.report.skipped('pruned', pruned);
  context.report.compared(stubs.length - carts - pruned);
  return findings;
}
