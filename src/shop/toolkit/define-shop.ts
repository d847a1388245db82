import { fetchOrders } from '../batched-fetch.ts';
import { listChanges, type OrderPage } from '../list-changes.ts';
import { listPlaced } from '../list-placed.ts';
import { retryTransient } from '../retry-transient.ts';
import type { FetchesBy, ShopAdapterFactory, ShopClient } from '../shop-client.ts';
import type { Fields } from './fields.ts';
import { type ListPage, readStubs } from './lists.ts';
import { OrderMatcher } from './matching.ts';
import { Settings } from './settings.ts';
import { type ApiOptions, ShopApi, type ShopRequests } from './shop-api.ts';

/** What makes one shop different from another: how it is asked, and how its orders read. All functions only read. */
export interface ShopDefinition {
  readonly api: Omit<ApiOptions, 'limits'> & Partial<Pick<ApiOptions, 'limits'>>;
  /** Which of an order's names the shop can be asked by. */
  readonly fetchesBy: FetchesBy;
  /** The fields of the shop's own order that such a name stands in, such as `id`. */
  readonly names: readonly string[];
  /** What such a name looks like. An order by any other name does not exist, and the shop is not asked for it. */
  readonly nameFormat?: RegExp;
  /** The shop's order; null or undefined if it has none. "No such order" by status is known already. */
  readonly one: (api: ShopRequests, reference: string) => Promise<unknown>;
  /** The orders that it has of these, in any order, and no matter if there are others among them. @defaultValue each with `one` */
  readonly many?: (api: ShopRequests, references: readonly string[]) => Promise<readonly unknown[]>;
  /** The most orders that `many` is asked for. @defaultValue 1 */
  readonly maxBatch?: number;
  /** The shop's order → the canonical one, before it is checked. What throws, throws for this order alone. */
  readonly toOrder: (order: Fields) => unknown;
  /** An order of a list → number, id, status and time of change. @defaultValue `toOrder` */
  readonly toStub?: (order: Fields) => unknown;
  /** A page of the orders changed at that time or later, oldest change first. The first page has no cursor. */
  readonly changed?: (api: ShopRequests, since: Date, cursor: string | undefined) => Promise<ListPage>;
  /** A page of the orders placed at that time or later, oldest first. */
  readonly placed?: (api: ShopRequests, since: Date, cursor: string | undefined) => Promise<ListPage>;
  /** A cheap request that only works with the right address and the right to read orders. @throws SyncError otherwise */
  readonly ping: (api: ShopRequests) => Promise<unknown>;
  /** Sentences that a person should know although the shop works: a webhook that is off, orders that the token cannot see. */
  readonly warnings?: (api: ShopRequests) => Promise<readonly string[]>;
}

/** An adapter: what a module of your own, or a preset, exports as its default. */
export function defineShop(define: (settings: Settings) => ShopDefinition): ShopAdapterFactory {
  return ({ env }) => {
    const settings = new Settings(env);
    const definition = define(settings);
    const limits = definition.api.limits ?? settings.limits();
    settings.assertUsable();
    return shopOf(definition, new ShopApi({ ...definition.api, limits }), limits.requestsPerSecond);
  };
}

function shopOf(definition: ShopDefinition, api: ShopApi, requestsPerSecond: number | undefined): ShopClient {
  const { fetchesBy, maxBatch = 1, one, many, changed, placed, ping, warnings } = definition;
  const matcher = new OrderMatcher(definition);
  const source = {
    maxBatch: many === undefined ? 1 : maxBatch,
    one: async (reference: string, signal: AbortSignal) =>
      matcher.one(reference, async () => await one(api.until(signal), reference)),
    many: async (references: readonly string[], signal: AbortSignal) => {
      const names = references.filter((reference) => matcher.isName(reference));
      return matcher.many(names, names.length === 0 ? [] : ((await many?.(api.until(signal), names)) ?? []));
    },
  };
  const page = async (signal: AbortSignal, fetch: () => Promise<ListPage>): Promise<OrderPage<string>> =>
    readStubs(await retryTransient(signal, fetch), definition);
  return {
    fetchesBy,
    maxBatch: source.maxBatch,
    // Under a rate limit, more calls would only wait, with batches that can no longer grow.
    ...(requestsPerSecond === undefined ? {} : { maxCalls: Math.ceil(requestsPerSecond) }),
    fetchOrders: (references, signal) => fetchOrders(source, references, signal),
    ...(changed && {
      listUpdatedSince: (since: Date, signal: AbortSignal) =>
        listChanges(since, (from, cursor?: string) => page(signal, () => changed(api.until(signal), from, cursor))),
    }),
    ...(placed && {
      listPlacedSince: (since: Date, signal: AbortSignal) =>
        listPlaced((cursor?: string) => page(signal, () => placed(api.until(signal), since, cursor))),
    }),
    now: async (signal) => {
      const requests = api.until(signal);
      await retryTransient(signal, () => ping(requests));
      return requests.date;
    },
    check: async (signal) => void (await ping(api.until(signal))),
    warnings: async (signal) => (await warnings?.(api.until(signal))) ?? [],
    close: () => api.close(),
  };
}
