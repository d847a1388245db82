import type { Order } from '../../orders/order.ts';
import type { FetchResult, OrderStub, ShopClient } from '../../shop/shop-client.ts';
import type { PoliteShop } from './polite-shop.ts';

/** The shop under test, and what it said about its newest orders. */
export interface Subject {
  readonly shop: PoliteShop;
  /** The same as its module made it: for what `shop` would do on its behalf. */
  readonly client: ShopClient;
  readonly samples: readonly Sample[];
  /** Entries of the shop's list that can't be read. */
  readonly oddEntries: readonly OrderStub[];
  /** When the samples were fetched, by our clock. */
  readonly fetchedAt: Date;
  /** The same shop with a token that is wrong; undefined where that can't be tried safely. */
  readonly withWrongToken: (() => Promise<ShopClient>) | undefined;
}

/** One of the shop's newest orders. */
export interface Sample {
  readonly reference: string;
  /** From the shop's list; undefined for one that was named on the command line. */
  readonly stub: OrderStub | undefined;
  /** Undefined: the shop returned nothing for it. */
  readonly result: FetchResult | undefined;
}

export interface FetchedSample extends Sample {
  readonly order: Order;
}

export function fetched(samples: readonly Sample[]): FetchedSample[] {
  return samples.flatMap((sample) => {
    return sample.result?.kind === 'order' ? [{ ...sample, order: sample.result.order }] : [];
  });
}

export function ordersOf(subject: Subject): Order[] {
  return fetched(subject.samples).map(({ order }) => order);
}
