import { setTimeout as sleep } from 'node:timers/promises';
import { SyncError } from '../errors.ts';
import type { KnownOrder } from '../internal-system/reconciliation-store.ts';
import type { OrderStub } from '../shop/shop-client.ts';
import { compareStub } from './comparison.ts';
import { knownEvent } from './known-event.ts';
import type { Finding } from './report.ts';
import type { ScanContext } from './scan/scan-context.ts';
import type { ShopOrders } from './shop-orders.ts';

/** An order that is newer in the internal system than the shop showed it. */
export interface NewerOrder {
  readonly stub: OrderStub;
  readonly known: KnownOrder;
}

/** Longer than a shop's replica lags, as a rule. */
const REPLICA_LAG_MS = 3_000;

/**
 * Reports the orders that the shop still shows as older than they are stored. No event is published: it would not be written
 * either.
 *
 * Most are not worth a report: the daemon wrote them after the shop was asked, or a replica answered that lags. So they are
 * fetched again, after a moment: what was stored before must show by then.
 */
export async function reportNewer(
  orders: readonly NewerOrder[],
  shopOrders: ShopOrders,
  context: ScanContext,
): Promise<void> {
  if (orders.length === 0) return;
  await sleep(REPLICA_LAG_MS, undefined, { signal: context.signal }).catch(() => context.signal.throwIfAborted());
  const fetched = await shopOrders.fetch(orders.map(({ stub }) => stub));
  for (const { stub, known } of orders) {
    const found = fetched.get(stub);
    const { stored, lastEvent } = known;
    if (found === undefined || stored === undefined) continue;
    const { orderNumber, status, updatedAt } = found instanceof SyncError ? stub : found.order;
    const event = knownEvent(lastEvent, updatedAt, context.eventClock) ?? 'not-published';
    const finding = { orderNumber, status, updatedAt, event } satisfies Partial<Finding>;
    if (found instanceof SyncError)
      await context.report.add({ ...finding, problem: 'unreadable', reason: found.reason });
    else if (compareStub(found.order, stored) === 'newer') {
      const here = { status: stored.status, updatedAt: stored.updatedAt };
      await context.report.add({ ...finding, problem: 'newer', here });
    }
  }
}
