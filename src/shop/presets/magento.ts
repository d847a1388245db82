/** Magento 2 and Adobe Commerce, by the REST API. Orders go by number or by id. */
import { at, defineShop, lists, type ShopRequests, SyncError, time } from '../toolkit/index.ts';
import { credentials } from './magento/credentials.ts';
import { toOrder, toStub } from './magento/order.ts';
import { search } from './magento/search.ts';
import { shipments } from './magento/shipments.ts';

const PAGE_SIZE = 100;
const STUB =
  'items[entity_id,increment_id,state,updated_at,base_grand_total,base_total_paid,base_total_canceled,' +
  'base_total_refunded,payment[method]],total_count';

async function many(api: ShopRequests, references: readonly string[]): Promise<readonly unknown[]> {
  const value = references.join(',');
  const { items, total } = await search(api, {
    anyOf: [
      ['increment_id', 'in', value],
      ['entity_id', 'in', value],
    ],
    // To MySQL, the text "000000012" is also the id 12: more orders may come than were asked for.
    size: 3 * references.length,
  });
  const orders = lists.of(items);
  if (orders.length === total) return orders;
  throw new SyncError('shop_bad_reply', `Magento sent ${orders.length} of ${total} orders.`);
}

/** A number may be another order's id: the number counts. */
async function one(api: ShopRequests, reference: string): Promise<unknown> {
  const orders = await many(api, [reference]);
  const by = (name: string) => orders.find((order) => String(at(order, name)) === reference);
  return by('increment_id') ?? by('entity_id');
}

const list = (field: string) => async (api: ShopRequests, since: Date, cursor: string | undefined) => {
  const { items, total } = await search(api, {
    anyOf: [[field, 'gteq', time.wallClock(since)]],
    sortedBy: [field, 'entity_id'],
    size: PAGE_SIZE,
    page: Number(cursor ?? 1),
    fields: STUB,
  });
  return lists.byNumber(lists.of(items), { cursor, size: PAGE_SIZE, total });
};

export default defineShop((settings) => {
  const baseUrl = settings.url('SHOP_BASE_URL', { path: '/rest/all/V1' });
  return {
    api: { baseUrl, auth: credentials(settings, baseUrl), isNotFound: () => false },
    fetchesBy: 'orderNumber',
    names: ['increment_id', 'entity_id'],
    maxBatch: 50,
    one,
    many,
    toOrder,
    toStub,
    shipments,
    changed: list('updated_at'),
    placed: list('created_at'),
    ping: async (api) => lists.of((await search(api, { anyOf: [], size: 1, fields: STUB })).items),
  };
});
