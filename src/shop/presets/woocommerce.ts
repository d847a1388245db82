/** WooCommerce's REST API, version 3. Orders go by `id`: `number` is free text and cannot be looked up. */
import type { Fields, Query, ShopRequests } from '../toolkit/index.ts';
import { addressOf, at, auth, buyerOf, cachedFor, defineShop, lists, money, path, statusOf } from '../toolkit/index.ts';
import { left, returnsOf } from './woocommerce/left.ts';
import { shipments } from './woocommerce/shipments.ts';

function toOrder(order: Fields) {
  const is = (...states: string[]) => states.includes(order.id('status'));
  const paidAt = order.zoneless('date_paid_gmt');
  // A plug-in's own status does not tell whether it is paid: the time of payment does. Cash on delivery has none.
  const isCash = order.text('payment_method') === 'cod' && !is('on-hold', 'cancelled', 'trash');
  const paid = (is('processing') || isCash || paidAt !== null) && !is('pending', 'failed', 'checkout-draft');
  const ended = { cancelled: is('cancelled', 'trash'), refunded: is('refunded'), shipped: is('completed') };
  const taxIncluded = order.flag('prices_include_tax');
  const price = (part: Fields, name: string) =>
    money.sum(part.money(name), taxIncluded ? part.money(`${name.replace('_total', '')}_tax`) : 0);
  const payment = { ...order.texts({ method: 'payment_method', transactionId: 'transaction_id' }), paidAt };
  return {
    ...order.texts({ orderNumber: 'number', shopOrderId: 'id', currency: 'currency', buyerNote: 'customer_note' }),
    ...order.utcTimes({ placedAt: 'date_created_gmt', updatedAt: 'date_modified_gmt', paidAt: 'date_paid_gmt' }),
    status: statusOf({ ...ended, onHold: is('on-hold'), paid }),
    buyer: buyerOf(order.object('billing'), order.text('customer_id')),
    shippingAddress: addressOf(order.object('shipping')),
    lines: order.list('line_items').map((item) => {
      const pieces = { ordered: item.number('quantity'), quantity: left(order, item), full: price(item, 'subtotal') };
      const amounts = { reduced: price(item, 'total'), tax: item.money('total_tax'), taxIncluded };
      return { ...item.texts({ lineId: 'id', sku: 'sku', name: 'name' }), ...money.line({ ...pieces, ...amounts }) };
    }),
    totals: {
      ...order.amounts({ tax: 'total_tax', grand: 'total' }),
      items: money.sum(...order.list('line_items').map((item) => price(item, 'subtotal'))),
      shipping: price(order, 'shipping_total'),
      discount: price(order, 'discount_total'),
      refunded: money.negate(order.sum('refunds', 'total')),
      adjustments: order.list('fee_lines').map((fee) => money.adjustment(price(fee, 'total'), fee.text('name'))),
      taxIncluded,
    },
    payments: paid ? [{ ...payment, amount: order.money('total') }] : [],
  };
}

export default defineShop((settings) => {
  // Lists leave out trash and drafts, unless each status is named.
  const statuses = cachedFor(300_000, (api: ShopRequests) => api.get('/reports/orders/totals'));
  const page = async (api: ShopRequests, cursor: string | undefined, query: Query) => {
    const status = [...lists.values(await statuses(api), 'slug'), 'trash'].join();
    const all = { per_page: 100, page: cursor, dp: 2, order: 'asc', dates_are_gmt: true, status };
    return lists.byNumber(lists.of(await api.get('/orders', { ...all, ...query })), { cursor, size: 100 });
  };
  const zoneless = (time: Date) => time.toISOString().slice(0, 19);
  return {
    api: {
      baseUrl: settings.url('SHOP_BASE_URL', { path: '/wp-json/wc/v3', onlyHttps: true }),
      auth: auth.basic(settings.secret('SHOP_KEY'), settings.secret('SHOP_SECRET')),
      isNotFound: ({ json }) => at(json, 'code') === 'woocommerce_rest_shop_order_invalid_id',
    },
    nameFormat: /^\d{1,18}$/,
    maxBatch: 100,
    one: (api, id) => api.get(path`/orders/${id}`, { dp: 2 }),
    many: async (api, ids) => (await page(api, undefined, { include: ids.join() })).items,
    complete: returnsOf,
    toOrder,
    shipments,
    changed: (api, since, cursor) => page(api, cursor, { orderby: 'modified', modified_after: zoneless(since) }),
    placed: (api, since, cursor) => page(api, cursor, { orderby: 'date', after: zoneless(since) }),
    ping: (api) => page(api, undefined, { per_page: 1, _fields: 'id' }),
    webhooksOff: async (api) => {
      const isOff = (hook: Fields) => hook.text('topic')?.startsWith('order.') && hook.text('status') !== 'active';
      const off = lists.fields(await api.get('/webhooks', { per_page: 100 })).filter(isOff);
      return off.map((hook) => hook.text('topic') ?? '');
    },
  };
});
