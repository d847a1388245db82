/** WooCommerce's REST API, version 3. Orders go by `id`: `number` is free text and cannot be looked up. */
import {
  addressOf,
  at,
  auth,
  buyerOf,
  cachedFor,
  defineShop,
  Fields,
  lists,
  money,
  path,
  type Query,
  type ShopRequests,
  statusOf,
  time,
} from '../toolkit/index.ts';

/** A plug-in's own status does not tell whether it is paid: the time of payment does. Cash on delivery has none. */
function toStub(order: Fields) {
  const [status, total] = [order.id('status'), order.money('total')];
  const isUnpaid = ['pending', 'failed', 'checkout-draft'].includes(status);
  const isCash = order.text('payment_method') === 'cod' && status !== 'on-hold';
  const facts = {
    cancelled: ['cancelled', 'trash'].includes(status),
    shipped: status === 'completed',
    onHold: status === 'on-hold',
    paid: !isUnpaid && (status === 'processing' || isCash || order.text('date_paid_gmt') !== null),
    refunded: status === 'refunded' ? total : money.negate(order.sum('refunds', 'total')),
    total,
  };
  const updatedAt = order.zoneless('date_modified_gmt') ?? order.zoneless('date_created_gmt');
  return { orderNumber: order.id('number'), shopOrderId: order.id('id'), status: statusOf(facts), updatedAt };
}

/** All amounts come without tax and with it beside them: `total` and `total_tax`, `shipping_total` and `shipping_tax`. */
function toOrder(order: Fields) {
  const taxIncluded = order.flag('prices_include_tax');
  const price = (part: Fields, name: string) =>
    money.sum(part.money(name), taxIncluded ? part.money(`${name.replace('_total', '')}_tax`) : 0);
  const grand = order.money('total');
  const paidAt = order.zoneless('date_paid_gmt');
  const isPaid = paidAt !== null || toStub(order).status === 'paid';
  const payment = { method: order.text('payment_method'), transactionId: order.text('transaction_id') };
  const items = order.list('line_items').map((item) => ({ item, full: price(item, 'subtotal') }));
  const lines = items.map(({ item, full }) => {
    const quantities = { quantity: left(order, item), ordered: item.number('quantity') };
    const amounts = { full, reduced: price(item, 'total'), tax: item.money('total_tax'), taxIncluded };
    return {
      lineId: item.id('id'),
      sku: item.text('sku'),
      name: item.text('name'),
      ...money.line({ ...quantities, ...amounts }),
    };
  });
  return {
    ...toStub(order),
    currency: order.id('currency'),
    placedAt: order.zoneless('date_created_gmt'),
    paidAt,
    buyer: buyerOf(order.object('billing'), order.text('customer_id')),
    shippingAddress: addressOf(order.object('shipping')),
    lines: lines.filter(({ quantity }) => quantity !== 0),
    totals: {
      items: money.sum(...items.map(({ full }) => full)),
      shipping: price(order, 'shipping_total'),
      tax: order.money('total_tax'),
      taxIncluded,
      discount: price(order, 'discount_total'),
      adjustments: order.list('fee_lines').map((fee) => money.adjustment(price(fee, 'total'), fee.text('name'))),
      refunded: money.negate(order.sum('refunds', 'total')),
      grand,
    },
    payments: isPaid ? [{ ...payment, amount: grand, paidAt }] : [],
    buyerNote: order.text('customer_note'),
  };
}

/** How many are still to be shipped: refunds name the line that they take some of. */
function left(order: Fields, item: Fields): number {
  const returned = order.list('returns', []).flatMap((refund) => refund.list('line_items'));
  const isOfItem = (meta: Fields) => meta.text('key') === '_refunded_item_id' && meta.text('value') === item.id('id');
  const ofItem = returned.filter((line) => line.list('meta_data').some(isOfItem));
  return ofItem.reduce((sum, line) => sum + line.number('quantity'), item.number('quantity'));
}

/** Which pieces were returned takes a second request. */
async function withReturns(api: ShopRequests, raw: unknown): Promise<unknown> {
  const order = new Fields(raw);
  if (order.list('refunds', []).length === 0) return raw;
  return Object.assign({}, raw, { returns: await api.get(path`/orders/${order.id('id')}/refunds`, { per_page: 100 }) });
}

/** A webhook that could not deliver seven times in a row is switched off, and nobody is told. */
function inactive(webhooks: readonly unknown[]): string[] {
  const ofOrders = webhooks.map((hook) => new Fields(hook)).filter((hook) => hook.text('topic')?.startsWith('order.'));
  const off = ofOrders.filter((hook) => hook.text('status') !== 'active').map((hook) => hook.text('topic'));
  return off.length === 0
    ? []
    : [`The webhook for ${off.join(', ')} is switched off: switch it on again, then reconcile.`];
}

export default defineShop((settings) => {
  /** Lists leave out trash and drafts, unless each status is named. */
  const statuses = cachedFor(300_000, async (api: ShopRequests) => {
    const named = lists.of(await api.get('/reports/orders/totals')).map((status) => at(status, 'slug'));
    return [...named, 'trash'].join(',');
  });
  const list = async (api: ShopRequests, query: Query) =>
    lists.of(await api.get('/orders', { per_page: 100, dp: 2, status: await statuses(api), ...query }));
  const page = async (api: ShopRequests, cursor: string | undefined, query: Query) => {
    const zone = { dates_are_gmt: true, order: 'asc', page: cursor };
    return lists.byNumber(await list(api, { ...query, ...zone }), { cursor, size: 100 });
  };
  const after = (since: Date) => time.secondBefore(since).toISOString().slice(0, 19);
  return {
    api: {
      baseUrl: settings.url('SHOP_BASE_URL', { path: '/wp-json/wc/v3', onlyHttps: true }),
      auth: auth.basic(settings.secret('SHOP_KEY'), settings.secret('SHOP_SECRET')),
      isNotFound: ({ json }) => at(json, 'code') === 'woocommerce_rest_shop_order_invalid_id',
    },
    fetchesBy: 'shopOrderId',
    names: ['id'],
    nameFormat: /^\d{1,18}$/,
    maxBatch: 100,
    one: async (api, id) => withReturns(api, await api.get(path`/orders/${id}`, { dp: 2 })),
    many: async (api, ids) =>
      Promise.all((await list(api, { include: ids.join(',') })).map((raw) => withReturns(api, raw))),
    toOrder,
    toStub,
    changed: (api, since, cursor) => page(api, cursor, { orderby: 'modified', modified_after: after(since) }),
    placed: (api, since, cursor) => page(api, cursor, { orderby: 'date', after: after(since) }),
    ping: async (api) => lists.of(await api.get('/orders', { per_page: 1, _fields: 'id' })),
    warnings: async (api) => inactive(lists.of(await api.get('/webhooks', { per_page: 100 }))),
  };
});
