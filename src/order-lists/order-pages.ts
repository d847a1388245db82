import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { OrderCriteria, OrderFilter, OrderRecord } from '../internal-system/ledger.ts';

type ListOrders = NonNullable<InternalSystem['listOrders']>;

export interface OrderPage {
  readonly records: readonly OrderRecord[];
  /** There are more orders than these. */
  readonly hasMore: boolean;
  /** Where the next page begins; null at the end, and from an internal system that lists no further pages. */
  readonly next: string | null;
}

/** One page of a list. */
export async function orderPage(list: ListOrders, filter: OrderFilter): Promise<OrderPage> {
  // One more than wanted says whether there is another page.
  const found = await list({ ...filter, limit: filter.limit + 1 });
  const page = found.slice(0, filter.limit);
  const hasMore = found.length > filter.limit;
  const next = hasMore ? (page.at(-1)?.cursor ?? null) : null;
  return { records: page.filter((record) => fits(record, filter)), hasMore, next };
}

/** Little enough to keep in memory beside the orders that are being written. */
const PAGE = 200;

/** All pages of a list, as one: at most `limit` orders. */
export async function* everyOrder(
  list: ListOrders,
  criteria: OrderCriteria,
  limit: number,
): AsyncGenerator<OrderRecord> {
  let after: string | undefined;
  for (let left = limit; left > 0; left -= PAGE) {
    const page = await orderPage(list, {
      ...criteria,
      limit: Math.min(left, PAGE),
      ...(after === undefined ? {} : { after }),
    });
    yield* page.records;
    if (page.next === null) {
      if (page.hasMore && left > PAGE)
        yield* (await orderPage(list, { ...criteria, limit })).records.slice(page.records.length);
      return;
    }
    after = page.next;
  }
}

/** What a module for an earlier version of the port leaves out of account. */
function fits({ notedAt, stored }: OrderRecord, { by, since, until, mismatchOnly }: OrderCriteria): boolean {
  if (mismatchOnly === true && stored?.totalsMismatch !== true) return false;
  const at = by === 'placed' ? stored?.placedAt : notedAt;
  if (at === undefined) return by !== 'placed';
  const ms = Date.parse(at);
  return (since === undefined || ms >= since.getTime()) && (until === undefined || ms < until.getTime());
}
