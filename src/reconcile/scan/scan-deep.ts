import { inBatches } from '../../async/in-batches.ts';
import { SyncError } from '../../errors.ts';
import { type KnownOrder, UNKNOWN_ORDER } from '../../internal-system/reconciliation-store.ts';
import type { FetchedOrder } from '../../shop/order-fetcher.ts';
import type { OrderStub, ShopClient } from '../../shop/shop-client.ts';
import { type Comparison, compareContent, compareStub, isPruned } from '../comparison.ts';
import { type BehindOrder, publishMissedEvents } from '../missed-events.ts';
import { type NewerOrder, reportNewer } from '../newer-orders.ts';
import { ShopOrders } from '../shop-orders.ts';
import { BATCH_SIZE, type ScanContext, untilCalm } from './scan-context.ts';
import { withoutOdd } from './without-odd.ts';

/**
 * Scans the orders placed since then, oldest first: fetch → compare → publish.
 *
 * Real shops do not move `updatedAt` with every change (a captured payment, a refund): such a change shows only in the
 * content.
 */
export async function scanDeep(since: Date, context: ScanContext, shop: ShopClient): Promise<void> {
  const shopOrders = new ShopOrders(shop, context.signal);
  try {
    for await (const stubs of inBatches(context.list(since, context.signal), BATCH_SIZE)) {
      const due = stubs.filter(({ updatedAt }) => context.grace.isOver(updatedAt));
      context.report.skipped('underWay', stubs.length - due.length);
      const orders = await withoutCarts(await withoutOdd(due, context), context);
      const pairs = await bothSides(orders, (some) => shopOrders.fetch(some), context);
      await publishAndReport(await withConfirmedDifferences(pairs, shopOrders, context), shopOrders, context);
    }
  } finally {
    shopOrders.close();
  }
}

/** An order as each side has it. */
interface Pair {
  readonly stub: OrderStub;
  /** The full order, or why the shop can't deliver it. */
  readonly fetched: FetchedOrder | SyncError;
  readonly known: KnownOrder;
}

/** There can be many times more carts than orders, so they are not even fetched. */
async function withoutCarts(stubs: readonly OrderStub[], context: ScanContext): Promise<readonly OrderStub[]> {
  const pending = stubs.filter(({ status }) => status === 'pending');
  const known = await context.store.knownOrders(pending);
  const carts = new Set(pending.filter((_, index) => known[index]?.stored === undefined));
  context.report.skipped('carts', carts.size);
  return stubs.filter((stub) => !carts.has(stub));
}

/** Looks up after the fetch: what the daemon writes in between is newer than what was fetched, so it must not count as missing. */
async function bothSides(
  stubs: readonly OrderStub[],
  fetch: (stubs: readonly OrderStub[]) => Promise<ReadonlyMap<OrderStub, FetchedOrder | SyncError>>,
  { store }: ScanContext,
): Promise<Pair[]> {
  const fetched = await fetch(stubs);
  const known = await store.knownOrders(stubs);
  return stubs.flatMap((stub, index) => {
    const found = fetched.get(stub);
    return found === undefined ? [] : { stub, fetched: found, known: known[index] ?? UNKNOWN_ORDER };
  });
}

/**
 * Some shops return an order differently in a batch than alone (fields in another order, additional fields), and either form
 * may have been stored. So an order counts as different only if it differs both ways.
 */
async function withConfirmedDifferences(
  pairs: readonly Pair[],
  shopOrders: ShopOrders,
  context: ScanContext,
): Promise<readonly Pair[]> {
  const doubtful = pairs.filter((pair) => compare(pair, context) === 'different').map(({ stub }) => stub);
  const alone = await bothSides(doubtful, (some) => shopOrders.fetchAlone(some), context);
  const again = new Map(alone.map((pair) => [pair.stub, pair]));
  return pairs.map((pair) => again.get(pair.stub) ?? pair);
}

async function publishAndReport(pairs: readonly Pair[], shopOrders: ShopOrders, context: ScanContext): Promise<void> {
  const { report } = context;
  const behind: BehindOrder[] = [];
  const newer: NewerOrder[] = [];
  let compared = 0;
  for (const pair of pairs) {
    const { stub, fetched, known } = pair;
    const comparison = compare(pair, context);
    if (comparison === 'under-way' || comparison === 'cart') {
      report.skipped(comparison === 'cart' ? 'carts' : 'underWay', 1);
      continue;
    }
    if (isPruned(stub, comparison, context)) {
      report.skipped('pruned', 1);
      continue;
    }
    compared += 1;
    if (!(fetched instanceof SyncError)) report.days.add(fetched.order, known.stored);
    else if (comparison === 'unreadable') {
      const { orderNumber, status, updatedAt } = stub;
      const { reason } = fetched;
      await report.add({ orderNumber, status, updatedAt, problem: comparison, event: 'not-published', reason });
    }
    if (comparison === 'agrees' || comparison === 'unreadable') continue;
    const asFetched = fetched instanceof SyncError ? stub : fetched.order;
    if (comparison === 'newer') newer.push({ stub: asFetched, known });
    else behind.push({ stub: asFetched, discrepancy: comparison, known });
  }
  await publishMissedEvents(behind, context);
  if (behind.length > 0) await untilCalm(context);
  await reportNewer(newer, shopOrders, context);
  report.compared(compared);
}

/** An unreadable order still gets its event if its stub says that it is behind: a person then sees why it fails. */
function compare({ stub, fetched, known }: Pair, { grace }: ScanContext): Comparison | 'under-way' | 'unreadable' {
  if (fetched instanceof SyncError) {
    const comparison = compareStub(stub, known.stored);
    return comparison === 'agrees' || comparison === 'newer' ? 'unreadable' : comparison;
  }
  if (!grace.isOver(fetched.order.updatedAt)) return 'under-way';
  return compareContent(fetched.order, known.stored);
}
