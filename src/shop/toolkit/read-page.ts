import { at } from '../../client/at.ts';
import type { OrderPage } from '../list-changes.ts';
import { readStubs } from '../order-stub.ts';
import { Fields, mappingError } from './fields.ts';
import type { ListPage } from './list-page.ts';
import type { ShopDefinition } from './shop-definition.ts';

type StubsOf = Pick<ShopDefinition, 'fetchesBy' | 'names' | 'toOrder' | 'toStub'>;

/** @param since what the page begins with */
export function readPage({ items, next }: ListPage, since: Date, definition: StubsOf): OrderPage<string> {
  const entries = items.map((raw) => entryOf(raw, definition));
  const stubs = readStubs(
    entries.map(({ entry }) => entry),
    since.toISOString(),
  );
  const orders = stubs.map((stub, index) => ({ ...stub, ...entries[index]?.trouble }));
  return { orders, next };
}

/** One order that cannot be read does not end the list: it is named as far as that is possible. */
function entryOf(raw: unknown, { fetchesBy = 'shopOrderId', names = ['id'], toOrder, toStub = toOrder }: StubsOf) {
  try {
    return { entry: toStub(new Fields(raw)) };
  } catch (error) {
    const name = names.map((field) => at(raw, field)).find((value) => value !== undefined);
    return { entry: { [fetchesBy]: name }, trouble: { problem: mappingError(error).message } };
  }
}
