/** Medusa 2's REST admin API. It never rounds: here, each amount gets the decimals that its currency has. */
import {
  addressOf,
  at,
  auth,
  buyerOf,
  byId,
  defineShop,
  type Fields,
  lists,
  money,
  type Query,
  roundedTo,
  roundingOf,
  type ShopRequests,
  SyncError,
  statusOf,
} from '../toolkit/index.ts';

const ORDER =
  `id,display_id,custom_display_id,status,fulfillment_status,currency_code,email,customer_id,created_at,updated_at,
  canceled_at,item_total,shipping_total,tax_total,*items,*shipping_methods,*shipping_address,*billing_address,*credit_lines,
  *payment_collections,*payment_collections.payments,*payment_collections.payments.captures,
  *payment_collections.payments.refunds`.replaceAll(/\s/g, '');
const PAGE = 50;

/** The exact value that Medusa has beside the float. */
const exact = (part: Fields, name: string) => part.money(`raw_${name}.value`) ?? part.money(name);
const total = (parts: readonly Fields[], name: string) => money.sum(...parts.map((part) => exact(part, name)));
const inEach = (parts: readonly Fields[], name: string) => byId(parts.flatMap((part) => part.list(name, [])));

/** What was captured decides: neither `status` nor `updated_at` nor `version` moves with it. An order over 0 has no payment. */
function toOrder(order: Fields) {
  const currency = order.id('currency_code').toUpperCase();
  const round = (...amounts: readonly money.Amount[]) => roundedTo(currency, ...amounts);
  const [items, collections] = [byId(order.list('items')), inEach([order], 'payment_collections')];
  const payments = inEach(collections, 'payments');
  const captures = inEach(payments, 'captures');
  // A refund lowers Medusa's total by a credit line. What the order costs is no less for it.
  const credits = inEach([order], 'credit_lines').filter((line) => line.text('reference') !== 'payment_collection');
  const giftCards = credits.map((credit) => ({
    kind: 'gift_card',
    label: credit.text('reference'),
    amount: round(money.negate(exact(credit, 'amount'))),
  }));
  const added = giftCards.map(({ amount }) => amount);
  const grand = round(order.money('item_total'), order.money('shipping_total'), ...added);
  const refunded = round(total(inEach(payments, 'refunds'), 'amount'));
  const cancelled = order.text('canceled_at') !== null;
  const shipped = ['shipped', 'delivered'].includes(order.text('fulfillment_status') ?? '');
  const facts = { cancelled, shipped: shipped || order.text('status') === 'completed', total: grand, refunded };
  const status = statusOf({ ...facts, captured: round(total(captures, 'amount')) });
  const taxIncluded = items.every((item) => item.flag('is_tax_inclusive'));
  const side = (name: string) => (taxIncluded ? `${name}_total` : `${name}_subtotal`);
  const prices = (name: string) => money.sum(...items.map((item) => round(exact(item, side(name)))));
  const shippingTax = total(inEach([order], 'shipping_methods'), 'tax_total');
  const tax = round(order.money('tax_total'));
  const sums = {
    items: prices('original'),
    shipping: round(order.money('shipping_total'), taxIncluded ? 0 : money.negate(shippingTax)),
    discount: prices('discount'),
  };
  added.push(sums.items, sums.shipping, money.negate(sums.discount), taxIncluded ? '0' : tax);
  // An edit leaves the amount alone that the buyer was to pay at first.
  const placed = collections.slice(0, 1).map((first) => round(exact(first, 'amount')));
  return {
    ...order.texts({ shopOrderId: 'id', placedAt: 'created_at', updatedAt: 'updated_at', cancelledAt: 'canceled_at' }),
    orderNumber: order.text('custom_display_id') ?? order.text('display_id'),
    status,
    currency,
    paidAt: status === 'pending' ? null : captures.at(-1)?.text('created_at'),
    buyer: { ...buyerOf(order.object('billing_address'), order.text('customer_id')), email: order.text('email') },
    shippingAddress: addressOf(order.object('shipping_address'), {
      country: order.text('shipping_address.country_code')?.toUpperCase(),
    }),
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
      tax,
      taxIncluded,
      refunded,
      grand,
      adjustments: [...giftCards, ...roundingOf(grand, ...added)],
      ...(placed.includes(grand) || placed.length === 0 ? {} : { original: { grand: placed[0] } }),
    },
    payments: payments.flatMap((payment) => {
      const paid = inEach([payment], 'captures');
      const amount = round(total(paid, 'amount'));
      const names = {
        method: payment.text('provider_id'),
        transactionId: payment.text('data.id') ?? payment.text('id'),
      };
      return paid.length === 0 ? [] : [{ ...names, amount, paidAt: paid.at(-1)?.text('created_at') }];
    }),
  };
}

/** Right after it was placed, Medusa may show an order in parts: without its items it would be one over 0, which is paid. */
function assertWhole(order: Fields) {
  const [items, methods] = [order.list('items'), order.list('shipping_methods')];
  const missing = [
    money.minus(order.money('item_total'), total(items, 'total')),
    money.minus(order.money('shipping_total'), total(methods, 'total')),
  ];
  if (items.length > 0 && missing.every((amount) => Math.abs(Number(amount)) < 0.001)) return;
  throw new SyncError('shop_bad_reply', 'The shop shows this order in parts: its items do not make up its total yet.');
}

export default defineShop((settings) => {
  /** Without a limit there are 15, also of those that are asked for by id. Drafts are in no list. */
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
      assertWhole(order);
      return {};
    },
    toOrder,
    changed: (api, time, cursor) => page(api, since('updated_at', time), cursor),
    placed: (api, time, cursor) => page(api, since('created_at', time), cursor),
    ping: (api) => page(api, { fields: 'id', limit: 1 }),
  };
});
