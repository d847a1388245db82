import { SyncError } from '../errors.ts';
import type { KnownOrder } from '../internal-system/reconciliation-store.ts';
import type { FetchedOrder } from '../shop/order-fetcher.ts';
import type { OrderStub, ShopClient } from '../shop/shop-client.ts';
import { type Comparison, compareContent, compareStub } from './comparison.ts';
import { BATCH, type Candidate, inBatches, publishEvents, type Scan } from './scan.ts';
import { ShopOrders } from './shop-orders.ts';

/**
 * Scans the orders placed since then, oldest first: fetch → compare → publish.
 *
 * Real shops do not move `updatedAt` with every change (a captured payment, a refund), so only the content tells.
 */
export async function scanDeep(since: Date, scan: Scan, shop: ShopClient): Promise<void> {
  const shopOrders = new ShopOrders(shop, scan.signal);
  try {
    for await (const stubs of inBatches(scan.list(since, scan.signal), BATCH)) {
      const settled = stubs.filter(({ updatedAt }) => scan.grace.isOver(updatedAt));
      scan.report.skipped('underWay', stubs.length - settled.length);
      const orders = await withoutCarts(settled, scan);
      const pairs = await bothSides(orders, (numbers) => shopOrders.fetch(numbers), scan);
      await report(await confirmed(pairs, shopOrders, scan), scan);
    }
  } finally {
    shopOrders.close();
  }
}

/** One order as both sides have it. */
interface Pair {
  readonly stub: OrderStub;
  /** In full, or why the shop can't deliver it. */
  readonly fetched: FetchedOrder | SyncError;
  readonly known: KnownOrder;
}

/** Carts can be many times as many as orders: they are not even fetched. */
async function withoutCarts(stubs: readonly OrderStub[], scan: Scan): Promise<readonly OrderStub[]> {
  const pending = stubs.filter(({ status }) => status === 'pending');
  const known = await scan.store.knownOrders(numbersOf(pending));
  const carts = new Set(pending.filter(({ orderNumber }) => known.get(orderNumber)?.stored === undefined));
  scan.report.skipped('carts', carts.size);
  return stubs.filter((stub) => !carts.has(stub));
}

/** Looked up after the fetch: what the daemon writes in between is newer than what was fetched, and not missing. */
async function bothSides(
  stubs: readonly OrderStub[],
  fetch: (orderNumbers: readonly string[]) => Promise<ReadonlyMap<string, FetchedOrder | SyncError>>,
  { store }: Scan,
): Promise<Pair[]> {
  const fetched = await fetch(numbersOf(stubs));
  const known = await store.knownOrders(numbersOf(stubs));
  return stubs.flatMap((stub) => {
    const found = fetched.get(stub.orderNumber);
    if (found === undefined) return [];
    return { stub, fetched: found, known: known.get(stub.orderNumber) ?? { stored: undefined, lastEvent: undefined } };
  });
}

/**
 * Some shops show an order otherwise among others than alone (another order of its fields, more of them), and which way it
 * was stored depends on the moment. So one that is merely different has to be so both ways.
 */
async function confirmed(pairs: readonly Pair[], shopOrders: ShopOrders, scan: Scan): Promise<readonly Pair[]> {
  const doubtful = pairs.filter((pair) => compare(pair, scan) === 'different').map(({ stub }) => stub);
  const alone = await bothSides(doubtful, (numbers) => shopOrders.fetchAlone(numbers), scan);
  const again = new Map(alone.map((pair) => [pair.stub, pair]));
  return pairs.map((pair) => again.get(pair.stub) ?? pair);
}

async function report(pairs: readonly Pair[], scan: Scan): Promise<void> {
  const candidates: Candidate[] = [];
  let compared = 0;
  for (const pair of pairs) {
    const { stub, fetched, known } = pair;
    const comparison = compare(pair, scan);
    if (comparison === 'under-way' || comparison === 'cart') {
      scan.report.skipped(comparison === 'cart' ? 'carts' : 'underWay', 1);
      continue;
    }
    compared += 1;
    if (!(fetched instanceof SyncError)) scan.report.days.add(fetched.order, known.stored);
    else if (comparison === 'unreadable') {
      const { orderNumber, status, updatedAt } = stub;
      const { reason } = fetched;
      await scan.report.add({ orderNumber, status, updatedAt, problem: comparison, event: 'not-published', reason });
    }
    if (comparison === 'agrees' || comparison === 'unreadable') continue;
    const asFetched = fetched instanceof SyncError ? stub : fetched.order;
    candidates.push({ stub: asFetched, discrepancy: comparison, lastEvent: known.lastEvent });
  }
  await publishEvents(candidates, scan);
  scan.report.compared(compared);
}

/** An order that can't be read is published all the same if its stub says that it lacks something: a person then sees why. */
function compare({ stub, fetched, known }: Pair, { grace }: Scan): Comparison | 'under-way' | 'unreadable' {
  if (fetched instanceof SyncError) {
    const comparison = compareStub(stub, known.stored);
    return comparison === 'agrees' ? 'unreadable' : comparison;
  }
  if (!grace.isOver(fetched.order.updatedAt)) return 'under-way';
  return compareContent(fetched.order, known.stored);
}

function numbersOf(stubs: readonly OrderStub[]): string[] {
  return stubs.map(({ orderNumber }) => orderNumber);
}
