import { type Recipe, TestOrder } from './test-order.ts';

/** What a courier is started with, as JSON. */
export interface Plan {
  readonly recipe: Recipe;
  /** `sqlite:…`: the ledger that all couriers share. */
  readonly ledger: string;
}

/** One event: "look at this order". What the shop shows then is one of its versions, not always the newest. */
export interface Errand {
  readonly id: number;
  /** Of the test order. */
  readonly index: number;
  /** 1 for the first. */
  readonly version: number;
}

/** What becomes of an errand. Without a failure, the order is in the ERP as it was stored then, or newer. */
export interface Report {
  readonly id: number;
  readonly failure?: { readonly reason: string; readonly message: string; readonly isFinal: boolean };
}

/** What a courier says first. */
export interface Greeting {
  readonly isReady: boolean;
  readonly problem?: string;
}

const MOST_VERSIONS = 4;
const EVERY_NTH_CANCELLED = 5;

/** What happens to the order with this number: it changes up to three times, and one in five is cancelled in the end. */
export function storyOf(recipe: Recipe, index: number): TestOrder {
  const order = new TestOrder(recipe, index);
  for (let version = 1; version < 1 + (index % MOST_VERSIONS); version += 1) order.change();
  return index % EVERY_NTH_CANCELLED === 0 ? order.change('cancelled') : order;
}

/** Each version of each order twice, in any order. */
export function errandsFor(orders: readonly TestOrder[]): Errand[] {
  const events = orders.flatMap(({ index, versions }) =>
    versions.flatMap((_, place) => Array.from({ length: 2 }, () => ({ index, version: place + 1 }))),
  );
  return shuffled(events).map((event, id) => ({ ...event, id }));
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
