import { inBatches } from '../../async/in-batches.ts';
import type { OrderStub } from '../../shop/shop-client.ts';
import { compareStub } from '../comparison.ts';
import { type BehindOrder, publishMissedEvents } from '../missed-events.ts';
import type { Finding } from '../report.ts';
import { BATCH_SIZE, type ScanContext } from './scan-context.ts';
import { ScanPosition } from './scan-position.ts';

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
  save: (position: ScanPosition) => Promise<void>,
): Promise<void> {
  const position = new ScanPosition(since, context.grace);
  await save(position);
  for await (const stubs of inBatches(context.list(since, context.signal), BATCH_SIZE)) {
    const due = stubs.filter(({ updatedAt }) => context.grace.isOver(updatedAt));
    const findings = await compare(due, context);
    context.report.skipped('underWay', stubs.length - due.length);
    position.advance(stubs, due, findings);
    await save(position);
  }
}

async function compare(stubs: readonly OrderStub[], context: ScanContext): Promise<Finding[]> {
  const known = await context.store.knownOrders(stubs.map(({ orderNumber }) => orderNumber));
  const behind: BehindOrder[] = [];
  let carts = 0;
  for (const stub of stubs) {
    const { stored, lastEvent } = known.get(stub.orderNumber) ?? { stored: undefined, lastEvent: undefined };
    const comparison = compareStub(stub, stored);
    if (comparison === 'cart') carts += 1;
    else if (comparison !== 'agrees') behind.push({ stub, discrepancy: comparison, lastEvent });
  }
  const findings = await publishMissedEvents(behind, context);
  context.report.skipped('carts', carts);
  context.report.compared(stubs.length - carts);
  return findings;
}
