/** Medusa 2's REST admin API. Its amounts are computed and never rounded: here they get the decimals that the currency has. */
import {
  addressOf,
  at,
  auth,
  buyerOf,
  defineShop,
  type Fields,
  lists,
  money,
  type Query,
  roundedTo,
  type ShopRequests,
  SyncError,
  statusOf,
} from '../toolkit/index.ts';

const STUB =
  'id,display_id,custom_display_id,status,currency_code,updated_at,canceled_at,item_total,shipping_total,*credit_lines,' +
  '*payment_collections,*payment_collections.payments,*payment_collections.payments.captures,' +
  '*payment_collections.payments.refunds';
const PAGE = 50;
const ORDER = `${STUB},created_at,customer_id,email,*customer,*shipping_address,*billing_address,tax_total,*items,*shipping_methods`;

/** The exact value beside the float. */
const exact = (part: Fields, name: string) => part.money(`raw_${name}.value`) ?? part.money(name);
const total = (parts: readonly Fields[], name: string) => money.sum(...parts.map((part) => exact(part, name)));
const byId = (parts: readonly Fields[]) => parts.toSorted((a, b) => (a.id('id') < b.id('id') ? -1 : 1));

const capturesOf = (payments: readonly Fields[]) => byId(payments.flatMap((payment) => payment.list('captures', [])));

function partsOf(order: Fields) {
  const currency = order.id('currency_code').toUpperCase();
  const collections = byId(order.list('payment_collections', []));
  const payments = byId(collections.flatMap((collection) => collection.list('payments', [])));
  const refunds = payments.flatMap((payment) => payment.list('refunds', []));
  // A refund lowers Medusa's total by a credit line. What the order costs is no less for it.
  const credits = order.list('credit_lines', []).filter((line) => line.text('reference') !== 'payment_collection');
  const credited = money.negate(total(credits, 'amount'));
  const amounts = {
    captured: roundedTo(currency, total(capturesOf(payments), 'amount')),
    refunded: roundedTo(currency, total(refunds, 'amount')),
    total: roundedTo(currency, order.money('item_total'), order.money('shipping_total'), credited),
  };
  return { currency, collections, payments, credits, ...amounts };
}

/** `status` says nothing of payment and shipment. An order over 0 has no payment. */
function toStub(order: Fields) {
  const fulfilment = order.text('fulfillment_status') ?? '';
  const cancelled = order.text('canceled_at') !== null || order.text('status') === 'canceled';
  const shipped = /^(shipped|delivered)$/.test(fulfilment) || order.text('status') === 'completed';
  const names = { orderNumber: order.text('custom_display_id') ?? order.id('display_id'), shopOrderId: order.id('id') };
  return { ...names, status: statusOf({ cancelled, shipped, ...partsOf(order) }), updatedAt: order.text('updated_at') };
}

function toOrder(order: Fields) {
  const { currency, collections, payments, credits, refunded, total: grand } = partsOf(order);
  const round = (...amounts: readonly money.Amount[]) => roundedTo(currency, ...amounts);
  const stub = toStub(order);
  const [items, methods] = [byId(order.list('items')), order.list('shipping_methods')];
  assertWhole(order, items, methods);
  const taxIncluded = items.every((item) => item.flag('is_tax_inclusive'));
  const lines = items.map((item) => {
    const full = round(exact(item, taxIncluded ? 'original_total' : 'original_subtotal'));
    const line = {
      lineId: item.id('id'),
      sku: item.text('variant_sku'),
      name: item.text('title'),
      quantity: item.number('quantity'),
      ...money.unitPrice(full, item.number('quantity')),
      discount: round(exact(item, taxIncluded ? 'discount_total' : 'discount_subtotal')),
      tax: round(exact(item, 'tax_total')),
      lineTotal: round(exact(item, 'total')),
      requiresShipping: item.flag('requires_shipping'),
    };
    return { full, line };
  });
  const sums = {
    items: money.sum(...lines.map(({ full }) => full)),
    shipping: round(total(methods, 'total'), taxIncluded ? 0 : money.negate(total(methods, 'tax_total'))),
    tax: round(order.money('tax_total')),
    discount: money.sum(...lines.map(({ line }) => line.discount)),
  };
  const giftCards = byId(credits).map((credit) => ({
    kind: 'gift_card',
    label: credit.text('reference'),
    amount: round(money.negate(exact(credit, 'amount'))),
  }));
  const added = [sums.items, sums.shipping, taxIncluded ? 0 : sums.tax, money.negate(sums.discount)];
  const rest = money.minus(grand, ...added, ...giftCards.map(({ amount }) => amount));
  const rounding = Number(rest) === 0 ? [] : [{ kind: 'rounding', label: null, amount: rest }];
  const [first] = collections;
  const placed = first === undefined ? grand : round(exact(first, 'amount'));
  return {
    ...stub,
    currency,
    placedAt: order.text('created_at'),
    paidAt: stub.status === 'pending' ? null : capturesOf(payments).at(-1)?.text('created_at'),
    cancelledAt: order.text('canceled_at'),
    buyer: { ...buyerOf(order.object('billing_address'), order.text('customer_id')), email: order.text('email') },
    shippingAddress: addressOf(order.object('shipping_address'), {
      country: order.text('shipping_address.country_code')?.toUpperCase(),
    }),
    lines: lines.map(({ line }) => line),
    totals: {
      ...sums,
      taxIncluded,
      adjustments: [...giftCards, ...rounding],
      refunded,
      grand,
      // An edit leaves the amount that was to be paid at first where it was.
      ...(placed === grand ? {} : { original: { grand: placed } }),
    },
    payments: payments.flatMap((payment) => {
      const last = capturesOf([payment]).at(-1);
      return last === undefined
        ? []
        : [
            {
              method: payment.text('provider_id'),
              transactionId: payment.text('data.id') ?? payment.text('id'),
              amount: round(total(capturesOf([payment]), 'amount')),
              paidAt: last.text('created_at'),
            },
          ];
    }),
  };
}

/** Right after it was placed, an order may show in parts. What it shows then must not be stored: an order over 0 is paid. */
function assertWhole(order: Fields, items: readonly Fields[], methods: readonly Fields[]) {
  const missing = money.minus(order.money('item_total'), total(items, 'total'));
  const unshipped = money.minus(order.money('shipping_total'), total(methods, 'total'));
  if (items.length > 0 && Math.max(Math.abs(Number(missing)), Math.abs(Number(unshipped))) < 0.001) return;
  throw new SyncError('shop_bad_reply', 'The shop shows this order in parts: its items do not make up its total yet.');
}

/** Without a limit there are 15, also of those that are asked for by id. Drafts are in no list. */
async function list(api: ShopRequests, fields: string, query: Query) {
  const reply = await api.get('/orders', { fields, ...query });
  return { items: lists.of(at(reply, 'orders')), total: Number(at(reply, 'count')) };
}

async function page(api: ShopRequests, time: 'updated_at' | 'created_at', since: Date, cursor: string | undefined) {
  const query = { [`${time}[$gte]`]: since.toISOString(), order: time, limit: PAGE, offset: cursor };
  const { items, total: all } = await list(api, STUB, query);
  return lists.byOffset(items, { cursor, size: PAGE, total: all });
}

const many = async (api: ShopRequests, ids: readonly string[]) =>
  (await list(api, ORDER, { 'id[]': ids, limit: ids.length })).items;

export default defineShop((settings) => ({
  api: {
    baseUrl: settings.url('SHOP_BASE_URL', { path: '/admin' }),
    auth: auth.basic(settings.secret('SHOP_TOKEN')),
  },
  fetchesBy: 'shopOrderId',
  names: ['id'],
  nameFormat: /^order_\w+$/,
  maxBatch: PAGE,
  one: async (api, id) => (await many(api, [id]))[0],
  many,
  toOrder,
  toStub,
  changed: (api, since, cursor) => page(api, 'updated_at', since, cursor),
  placed: (api, since, cursor) => page(api, 'created_at', since, cursor),
  ping: (api) => list(api, 'id', { limit: 1 }),
}));
