import { asSyncError } from '../../errors.ts';
import type { FetchResult, OrderStub } from '../../shop/shop-client.ts';
import type { ListName, PoliteShop } from './polite-shop.ts';
import type { Sample } from './subject.ts';

const HOUR_MS = 3_600_000;
/** How far to look back, until there are enough orders. */
const WINDOWS_MS = [1, 6, 24, 7 * 24, 30 * 24, 366 * 24].map((hours) => hours * HOUR_MS);
/** A list is oldest first: its newest come last, and it may be long. */
const MOST_LISTED = 5_000;

/** The newest orders of a list, oldest first. */
export async function newestOf(shop: PoliteShop, list: ListName, count: number, now: Date): Promise<OrderStub[]> {
  let found: OrderStub[] = [];
  for (const window of WINDOWS_MS) {
    found = await shop.list(list, new Date(now.getTime() - window), MOST_LISTED);
    if (distinct(found).length >= count) break;
  }
  return distinct(found).slice(-count);
}

/** An order that changes while its list is read is listed twice: what it became counts. */
export function distinct(stubs: readonly OrderStub[]): OrderStub[] {
  const byName = new Map<string, OrderStub>();
  for (const stub of stubs) {
    // Both of its names, as one of them may be wrong.
    const name = `${stub.orderNumber} ${stub.shopOrderId}`;
    byName.delete(name);
    byName.set(name, stub);
  }
  return [...byName.values()];
}

export function nameOf({ shopOrderId, orderNumber }: Pick<OrderStub, 'orderNumber' | 'shopOrderId'>): string {
  return shopOrderId ?? orderNumber;
}

/** Fetches the orders, in batches as large as the shop takes. */
export async function fetchSamples(
  shop: PoliteShop,
  wanted: readonly Pick<Sample, 'reference' | 'stub'>[],
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let start = 0; start < wanted.length; start += shop.maxBatch) {
    const batch = wanted.slice(start, start + shop.maxBatch);
    const results = await fetchBatch(
      shop,
      batch.map(({ reference }) => reference),
    );
    samples.push(...batch.map((sample) => ({ ...sample, result: results.get(sample.reference) })));
  }
  return samples;
}

/** What would pause the daemon ends the test; any other failure is what the test is about. */
async function fetchBatch(shop: PoliteShop, references: readonly string[]): Promise<ReadonlyMap<string, FetchResult>> {
  try {
    return await shop.fetch(references);
  } catch (cause) {
    const error = asSyncError(cause, 'shop_error');
    if (error.kind === 'outage') throw error;
    return new Map(references.map((reference) => [reference, { kind: 'failed', error }]));
  }
}
