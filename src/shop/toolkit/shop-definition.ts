import type { FetchesBy } from '../shop-client.ts';
import type { Fields } from './fields.ts';
import type { ListPage } from './list-page.ts';
import type { ShipmentsDefinition } from './shipments/definition.ts';
import type { ApiOptions, ShopRequests } from './shop-api.ts';

/** What makes one shop different from another: how it is asked, and how its orders read. All functions only read, but two of `shipments`. */
export interface ShopDefinition {
  readonly api: Omit<ApiOptions, 'limits'> & Partial<Pick<ApiOptions, 'limits'>>;
  /** Which of an order's two names the shop can be asked by. @defaultValue shopOrderId */
  readonly fetchesBy?: FetchesBy;
  /** The fields of the shop's own order that such a name stands in. @defaultValue id */
  readonly names?: readonly string[];
  /** What such a name looks like. An order by any other name does not exist, and the shop is not asked for it. */
  readonly nameFormat?: RegExp;
  /**
   * The shop's order; null or undefined if it has none. "No such order" by status is known already.
   *
   * @defaultValue `many` with one reference; there must be one of the two
   */
  readonly one?: (api: ShopRequests, reference: string) => Promise<unknown>;
  /** The orders that it has of these, in any order, and no matter if there are others among them. @defaultValue each with `one` */
  readonly many?: (api: ShopRequests, references: readonly string[]) => Promise<readonly unknown[]>;
  /** The most orders that `many` is asked for. @defaultValue 1 */
  readonly maxBatch?: number;
  /** What an order needs beyond that, in requests of its own: fields to add to it. A failure is this order's alone. */
  readonly complete?: (api: ShopRequests, order: Fields) => Promise<object>;
  /**
   * The shop's order → the canonical one, before it is checked. What throws, throws for this order alone. Lines of quantity 0, of
   * which nothing is left to be shipped, are left out.
   */
  readonly toOrder: (order: Fields) => unknown;
  /** An order of a list → number, id, status and time of change. @defaultValue `toOrder` */
  readonly toStub?: (order: Fields) => unknown;
  /**
   * A page of the orders changed since, oldest change first. The first page has no cursor. `since` is a whole second, a little
   * before what is wanted: it does not matter whether the shop reads it as "at" or as "after", and if it cuts off fractions.
   */
  readonly changed?: (api: ShopRequests, since: Date, cursor: string | undefined) => Promise<ListPage>;
  /** A page of the orders placed since, oldest first; likewise. */
  readonly placed?: (api: ShopRequests, since: Date, cursor: string | undefined) => Promise<ListPage>;
  /** The way back: what the warehouse has shipped. @defaultValue the shop takes no shipments */
  readonly shipments?: ShipmentsDefinition;
  /** A cheap request that only works with the right address and the right to read orders. @throws SyncError otherwise */
  readonly ping: (api: ShopRequests) => Promise<unknown>;
  /** The topics of webhooks for orders that the shop has switched off. @throws SyncError */
  readonly webhooksOff?: (api: ShopRequests) => Promise<readonly string[]>;
  /** What else a person should know although the shop works, in sentences: orders that the token cannot see, for instance. */
  readonly warnings?: (api: ShopRequests) => Promise<readonly string[]>;
}
