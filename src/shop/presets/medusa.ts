/** Medusa 2's REST admin API. It never rounds: here, each amount gets the decimals that its currency has. */
import type { Fields, Query, ShopRequests } from '../toolkit/index.ts';
import { addressOf, at, auth, buyerOf, defineShop, lists, money, parts, statusOf } from '../toolkit/index.ts';

const ORDER =
  `id,display_id,custom_display_id,status,fulfillment_status,currency_code,email,customer_id,created_at,updated_at,
  canceled_at,item_total,shipping_total,tax_total,*items,*shipping_methods,*shipping_address,*billing_address,*credit_lines,
  *payment_collections,*payment_collections.payments,*payment_collections.payments.captures,
  *payment_collections.payments.refunds`.replaceAll(/\s/g, '');
const PAGE = 50;

/** The exact value that Medusa has beside the float. */
const exact = (part: Fields, name: string) => part.money(`raw_${name}.value`) ?? part.money(name);
const total = (all: readonly Fields[], name: string) => money.sum(...all.map((part) => exact(part, name)));

/** What was captured decides: neither `status` nor `updated_at` nor `version` moves with it. */
function toOrder(order: Fields) {
  const currency = order.id('currency_code').toUpperCase();
  const round = (...amounts: readonly money.Amount[]) => parts.roundedTo(currency, ...amounts);
  const items = parts.inEach([order], 'items');
  const collections = parts.inEach([order], 'payment_collections');
  const payments = parts.inEach(collections, 'payments');
  const captures = parts.inEach(payments, 'captures');
  const refunded = round(total(parts.inEach(payments, 'refunds'), 'amount'));
  // A refund lowers Medusa's total by a credit line. What the order costs is no less for it.
  const credits = parts.inEach([order], 'credit_lines').filter((it) => it.text('reference') !== 'payment_collection');
  const giftCard = (it: Fields) =>
    money.adjustment(round(money.negate(exact(it, 'amount'))), it.text('reference'), 'gift_card');
  const giftCards = credits.map(giftCard);
  const added = giftCards.map(({ amount }) => amount);
  const grand = round(order.money('item_total'), order.money('shipping_total'), ...added);
  const cancelled = order.text('canceled_at') !== null;
  const shipped =
    /^(shipped|delivered)$/.test(order.text('fulfillment_status') ?? '') || order.text('status') === 'completed';
  const status = statusOf({ cancelled, shipped, total: grand, captured: round(total(captures, 'amount')), refunded });
  const taxIncluded = items.every((item) => item.flag('is_tax_inclusive'));
  const side = (name: string) => (taxIncluded ? `${name}_total` : `${name}_subtotal`);
  const prices = (name: string) => money.sum(...items.map((item) => round(exact(item, side(name)))));
  const shippingTax = total(parts.inEach([order], 'shipping_methods'), 'tax_total');
  const shipping = round(order.money('shipping_total'), taxIncluded ? 0 : money.negate(shippingTax));
  const sums = {
    items: prices('original'),
    shipping,
    tax: round(order.money('tax_total')),
    discount: prices('discount'),
  };
  added.push(sums.items, shipping, money.negate(sums.discount), taxIncluded ? '0' : sums.tax);
  // An edit leaves the amount alone that the buyer was to pay at first.
  const [placed = grand] = collections.map((collection) => round(exact(collection, 'amount')));
  return {
    ...order.texts({ shopOrderId: 'id', placedAt: 'created_at', updatedAt: 'updated_at', cancelledAt: 'canceled_at' }),
    orderNumber: order.text('custom_display_id') ?? order.text('display_id'),
    status,
    currency,
    paidAt: status === 'pending' ? null : captures.at(-1)?.text('created_at'),
    buyer: {
      ...buyerOf(order.object('billing_address'), order.text('customer_id')),
      ...order.texts({ email: 'email' }),
    },
    shippingAddress: addressOf(order.object('shipping_address')),
    lines: items.map((item) => ({
      ...item.texts({ lineId: 'id', sku: 'variant_sku', name: 'title' }),
      quantity: item.number('quantity'),
      ...money.unitPrice(round(exact(item, side('original'))), item.number('quantity')),
      discount: round(exact(item, side('discount'))),
      tax: round(exact(item, 'tax_total')),
      lineTotal: round(exact(item, 'total')),
      requiresShipping: item.flag('requires_shipping'),
    })),
    totals: {
      ...sums,
      taxIncluded,
      refunded,
      grand,
      adjustments: [...giftCards, ...parts.roundingOf(grand, ...added)],
      ...(placed === grand ? {} : { original: { grand: placed } }),
    },
    payments: payments.flatMap((payment) => {
      const paid = parts.inEach([payment], 'captures');
      const names = payment.texts({ method: 'provider_id', transactionId: 'id' });
      const amounts = { amount: round(total(paid, 'amount')), paidAt: paid.at(-1)?.text('created_at') };
      return paid.length === 0 ? [] : [{ ...names, ...amounts }];
    }),
  };
}

export default defineShop((settings) => {
  // Without a limit there are 15, also of those that are asked for by id. Drafts are in no list.
  const page = async (api: ShopRequests, query: Query, cursor?: string) => {
    const reply = await api.get('/orders', { fields: ORDER, limit: PAGE, offset: cursor, ...query });
    return lists.byOffset(lists.of(at(reply, 'orders')), { cursor, size: PAGE, total: Number(at(reply, 'count')) });
  };
  const since = (name: string, time: Date): Query => ({ [`${name}[$gte]`]: time.toISOString(), order: name });
  const many = async (api: ShopRequests, ids: readonly string[]) => (await page(api, { 'id[]': ids })).items;
  return {
    api: {
      baseUrl: settings.url('SHOP_BASE_URL', { path: '/admin' }),
      auth: auth.basic(settings.secret('SHOP_TOKEN')),
    },
    nameFormat: /^order_\w+$/,
    maxBatch: PAGE,
    one: async (api, id) => (await many(api, [id]))[0],
    many,
    complete: async (_, order) => {
      parts.assertWhole(order.money('item_total'), total(order.list('items'), 'total'));
      parts.assertWhole(order.money('shipping_total'), total(order.list('shipping_methods'), 'total'));
      return {};
    },
    toOrder,
    changed: (api, time, cursor) => page(api, since('updated_at', time), cursor),
    placed: (api, time, cursor) => page(api, since('created_at', time), cursor),
    ping: (api) => page(api, { fields: 'id', limit: 1 }),
  };
});
