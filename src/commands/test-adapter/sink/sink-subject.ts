import { asSyncError, type SyncError } from '../../../errors.ts';
import { storyOf } from './errands.ts';
import { type Recipe, TestOrder } from './test-order.ts';
import type { TestedSink } from './tested-sink.ts';

/** The sink under test, and the orders that were made up for it. */
export class SinkSubject {
  readonly sink: TestedSink;
  /** How many orders the long checks take. */
  readonly size: number;
  /** All that were delivered, or tried to be. */
  readonly orders: TestOrder[] = [];
  readonly recipe: Recipe;

  constructor(sink: TestedSink, recipe: Recipe, size: number) {
    this.sink = sink;
    this.recipe = recipe;
    this.size = size;
  }

  /** New orders, none of which is in the ERP. */
  some(count: number, overrides: Partial<Recipe> = {}): TestOrder[] {
    const recipe = { ...this.recipe, ...overrides };
    return this.#add(count, (index) => new TestOrder(recipe, index));
  }

  /** New orders with a history, which others will deliver. */
  stories(count: number): TestOrder[] {
    return this.#add(count, (index) => storyOf(this.recipe, index));
  }

  #add(count: number, make: (index: number) => TestOrder): TestOrder[] {
    const first = this.orders.length + 1;
    const made = Array.from({ length: count }, (_, place) => make(first + place));
    this.orders.push(...made);
    return made;
  }

  /** What the daemon would hear of the order; undefined if the ERP takes it. */
  async refusalOf(order: TestOrder): Promise<SyncError | undefined> {
    return await this.sink.upsert(order).then(() => undefined, asSyncError);
  }

  /** An order that is never delivered. */
  unwritten(): TestOrder {
    return new TestOrder({ ...this.recipe, run: `${this.recipe.run}-none` }, 0);
  }

  one(overrides: Partial<Recipe> = {}): TestOrder {
    const [order] = this.some(1, overrides);
    if (order === undefined) throw new Error('expected an order');
    return order;
  }
}
