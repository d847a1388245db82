/** Medusa 2's REST admin API. It never rounds: here, each amount gets the decimals that its currency has. */
import type { Fields, Query, ShopRequests } from '../toolkit/index.ts';
import { addressOf, at, auth, buyerOf, defineShop, lists, money, parts, statusOf } from '../toolkit/index.ts';
import { shipments } from './medusa/shipments.ts';

const ORDER =
  'id,display_id,custom_display_id,status,fulfillment_status,currency_code,email,customer_id,created_at,updated_at,' +
  'canceled_at,item_total,shipping_total,tax_total,*items,*shipping_methods,*shipping_address,*billing_address,' +
  '*credit_lines,*payment_collections,*payment_collections.payments,*payment_collections.payments.captures,' +
  '*payment_collections.payments.refunds';
const AMOUNTS = /^(amount|total|(full|original|discount|tax|item|shipping)_(sub)?total)$/;

/** What was captured decides: neither `status` nor `updated_at` nor `version` moves with it. */
function toOrder(sent: Fields) {
  const currency = sent.id('currency_code').toUpperCase();
  const full = { full_total: money.sum(sent.money('item_total'), sent.money('shipping_total')) };
  const order = parts.rounded(Object.assign(full, sent.json), AMOUNTS, currency);
  const [lines, collections] = [parts.inEach([order], 'items'), parts.inEach([order], 'payment_collections')];
  const payments = parts.inEach(collections, 'payments');
  const captures = parts.inEach(payments, 'captures');
  const sumOf = (all: readonly Fields[]) => parts.roundedTo(currency, parts.sumOf(all, 'raw_amount.value'));
  const [captured, refunded] = [sumOf(captures), sumOf(parts.inEach(payments, 'refunds'))];
  // A refund lowers Medusa's own total by a credit line. What the order costs is no less for it.
  const credits = parts.inEach([order], 'credit_lines').filter((it) => it.text('reference') !== 'payment_collection');
  const giftCards = credits.map((it) => money.adjustment(`-${it.money('amount')}`, it.text('reference'), 'gift_card'));
  const grand = money.minus(order.money('full_total'), parts.sumOf(credits, 'amount'));
  const is = (name: string, ...states: string[]) => states.includes(order.text(name) ?? '');
  const shipped = is('fulfillment_status', 'shipped', 'delivered') || is('status', 'completed');
  const status = statusOf({ cancelled: order.text('canceled_at') !== null, shipped, total: grand, captured, refunded });
  const taxIncluded = lines.every((line) => line.flag('is_tax_inclusive'));
  const side = (name: string) => (taxIncluded ? `${name}_total` : `${name}_subtotal`);
  const [items, discount] = [parts.sumOf(lines, side('original')), parts.sumOf(lines, side('discount'))];
  const shippingTax = taxIncluded ? 0 : parts.sumOf(order.list('shipping_methods'), 'tax_total');
  const [shipping, tax] = [money.minus(order.money('shipping_total'), shippingTax), order.money('tax_total')];
  const added = [items, shipping, money.negate(discount), taxIncluded ? 0 : tax];
  const adjustments = [...giftCards, ...parts.roundingOf(order.money('full_total'), ...added)];
  const placed = collections[0]?.money('amount') ?? grand; // An edit leaves alone what was to be paid at first.
  const original = placed === grand ? {} : { original: { grand: placed } };
  return {
    ...order.texts({ shopOrderId: 'id', placedAt: 'created_at', updatedAt: 'updated_at', cancelledAt: 'canceled_at' }),
    orderNumber: order.text('custom_display_id') ?? order.text('display_id'),
    status,
    currency,
    paidAt: status === 'pending' ? null : captures.at(-1)?.text('created_at'),
    buyer: { ...buyerOf(order.object('billing_address'), order.text('customer_id')), email: order.text('email') },
    shippingAddress: addressOf(order.object('shipping_address')),
    lines: lines.map((line) => ({
      ...line.texts({ lineId: 'id', sku: 'variant_sku', name: 'title' }),
      quantity: line.number('quantity'),
      ...money.unitPrice(line.money(side('original')), line.number('quantity')),
      ...line.amounts({ discount: side('discount'), tax: 'tax_total', lineTotal: 'total' }),
      requiresShipping: line.flag('requires_shipping'),
    })),
    totals: { items, shipping, tax, discount, refunded, grand, taxIncluded, adjustments, ...original },
    payments: payments.flatMap((payment) => {
      const paid = parts.inEach([payment], 'captures');
      const last = { amount: sumOf(paid), paidAt: paid.at(-1)?.text('created_at') };
      return paid.length === 0 ? [] : [{ ...payment.texts({ method: 'provider_id', transactionId: 'id' }), ...last }];
    }),
  };
}

export default defineShop((settings) => {
  const [baseUrl, key] = [settings.url('SHOP_BASE_URL', { path: '/admin' }), settings.secret('SHOP_TOKEN')];
  // Without a limit there are 15, also of those that are asked for by id. Drafts are in no list.
  const page = async (api: ShopRequests, query: Query, cursor?: string) => {
    const reply = await api.get('/orders', { fields: ORDER, limit: 50, offset: cursor, ...query });
    return lists.byOffset(lists.of(at(reply, 'orders')), { cursor, size: 50, total: Number(at(reply, 'count')) });
  };
  return {
    api: { baseUrl, auth: auth.basic(key) },
    ...{ nameFormat: /^order_\w+$/, maxBatch: 50 },
    many: async (api, ids) => (await page(api, { 'id[]': ids })).items,
    complete: async (_, order) => parts.assertWhole(order, { item_total: 'items', shipping_total: 'shipping_methods' }),
    ...{ toOrder, shipments },
    changed: (api, time, cursor) => page(api, { 'updated_at[$gte]': time.toISOString(), order: 'updated_at' }, cursor),
    placed: (api, time, cursor) => page(api, { 'created_at[$gte]': time.toISOString(), order: 'created_at' }, cursor),
    ping: (api) => page(api, { fields: 'id', limit: 1 }),
  };
});
