import { asSyncError } from '../../errors.ts';
import { nameToFetch } from '../../shop/order-stub.ts';
import type { FetchResult, OrderStub } from '../../shop/shop-client.ts';
import { CommandError } from '../cli/exit-status.ts';
import type { ListName, PoliteShop } from './polite-shop.ts';
import { messageOf } from './run-checks.ts';
import type { Sample, Subject } from './subject.ts';

const HOUR_MS = 3_600_000;
/** How far to look back, until there are enough orders. */
const WINDOWS_MS = [1, 6, 24, 7 * 24, 30 * 24, 366 * 24].map((hours) => hours * HOUR_MS);
/** A list is oldest first: its newest come last, and it may be long. */
const MOST_LISTED = 5_000;

export const NEWEST = 50;

/**
 * The shop's newest orders, and those that were named.
 *
 * @throws CommandError if there are none, SyncError when the shop is down
 */
export async function gather({
  client,
  shop,
  references = [],
  withWrongToken,
}: Pick<Subject, 'client' | 'shop' | 'withWrongToken'> & {
  readonly references?: readonly string[];
}): Promise<Subject> {
  const { listed, failure } = await newest(shop);
  const readable = listed.filter(({ problem }) => problem === undefined);
  const named = readable.map((stub) => ({ reference: nameToFetch(stub, shop.fetchesBy), stub }));
  const given = references.filter((reference) => !named.some((sample) => sample.reference === reference));
  const wanted = [...given.map((reference) => ({ reference, stub: undefined })), ...named];
  if (wanted.length === 0) throw nothingToTest(failure);
  const fetchedAt = new Date();
  const samples = await fetchSamples(shop, wanted);
  const oddEntries = listed.filter(({ problem }) => problem !== undefined);
  return { shop, client, samples, oddEntries, fetchedAt, withWrongToken };
}

/** From the first list that works; what is wrong with the other, its own check will say. */
async function newest(shop: PoliteShop): Promise<{ listed: OrderStub[]; failure: string }> {
  let failure = 'The shop has no list of orders';
  for (const name of ['listUpdatedSince', 'listPlacedSince'] as const) {
    if (!shop.has(name)) continue;
    try {
      const listed = await newestOf(shop, name, NEWEST, new Date());
      if (listed.length > 0) return { listed, failure };
      failure = "The shop's list holds no order of the last year";
    } catch (cause) {
      const error = asSyncError(cause, 'shop_error');
      if (error.kind === 'outage') throw error;
      failure = `${name} failed (${messageOf(error).replace(/\.$/, '')})`;
    }
  }
  return { listed: [], failure };
}

function nothingToTest(failure: string): CommandError {
  return new CommandError(
    `${failure}, so there is nothing to test with. Name some: order-sync test-adapter 10086 10087`,
  );
}

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
