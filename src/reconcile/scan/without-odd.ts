import { SyncError } from '../../errors.ts';
import type { OrderStub } from '../../shop/shop-client.ts';
import type { ScanContext } from './scan-context.ts';

/** That many odd entries, and not one that is valid, are no odd orders: it is the list that is not understood. */
const MANY = 10;

/**
 * Reports the entries that are not valid: nobody could say which order that is, or how it compares. The scan goes on.
 *
 * @throws SyncError `shop_bad_reply` if none of many is valid: the cursor must not pass what nobody could read
 */
export async function withoutOdd(
  stubs: readonly OrderStub[],
  { report }: Pick<ScanContext, 'report'>,
): Promise<readonly OrderStub[]> {
  const odd = stubs.filter(({ problem }) => problem !== undefined);
  const [first] = odd;
  if (first === undefined) return stubs;
  if (odd.length === stubs.length && odd.length >= MANY)
    throw new SyncError(
      'shop_bad_reply',
      `None of ${odd.length} orders in the shop's list is valid: ${first.problem}.`,
    );
  for (const { orderNumber, problem: detail = '' } of odd) {
    const unknown = { orderNumber, status: null, updatedAt: null };
    await report.add({ ...unknown, problem: 'unreadable', event: 'not-published', reason: 'invalid_order', detail });
  }
  return stubs.filter(({ problem }) => problem === undefined);
}
