/** Vendure 3's GraphQL admin API. Amounts are hundredths, of yen too. The channel decides whether prices contain the tax. */
import type { Fields, ShopRequests } from '../toolkit/index.ts';
import { addressOf, auth, buyerOf, defineShop, lists, money, parts, statusOf } from '../toolkit/index.ts';
import { shipments } from './vendure/shipments.ts';

const QUERY = `query($options: OrderListOptions) { activeChannel { pricesIncludeTax } orders(options: $options) { totalItems
  items { id code state updatedAt orderPlacedAt currencyCode total totalWithTax shipping shippingWithTax
  customer { id firstName lastName emailAddress phoneNumber } surcharges { id description price priceWithTax }
  shippingAddress { fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber }
  lines { id quantity linePrice linePriceWithTax proratedLinePrice proratedLinePriceWithTax lineTax productVariant { sku name } }
  payments { id state amount method transactionId updatedAt refunds { id state total } } history(options: {
  filter: { type: { eq: "ORDER_CANCELLATION" } }, sort: { createdAt: DESC }, take: 1 }) { items { createdAt data } } } } }`;
const AMOUNTS = /^(amount|lineTax|(total|shipping|price|linePrice|proratedLinePrice)(WithTax)?)$/;
const LOGIN = 'mutation($u: String!, $p: String!) { login(username: $u, password: $p) { ... on CurrentUser { id } } }';
const PAYMENT = { method: 'method', transactionId: 'transactionId', amount: 'amount', paidAt: 'updatedAt' };
const settled = (all: readonly Fields[]) => all.filter((part) => part.text('state') === 'Settled');

/** What was captured decides: a modification may cost more than it, and a refund moves neither state nor `updatedAt`. */
function toOrder(order: Fields) {
  const is = (...states: string[]) => states.includes(order.id('state'));
  const [lines, payments] = [parts.inEach([order], 'lines'), settled(parts.inEach([order], 'payments'))];
  const refunded = parts.sumOf(settled(parts.inEach(payments, 'refunds')), 'total');
  const [grand, captured] = [order.money('totalWithTax'), parts.sumOf(payments, 'amount')];
  const [cancelled, shipped, onHold] = [is('Cancelled'), is('Shipped', 'Delivered'), is('Modifying')];
  const status = statusOf({ cancelled, shipped, onHold, total: grand, captured, refunded });
  const taxIncluded = order.flag('pricesIncludeTax');
  const side = (name: string) => (taxIncluded ? `${name}WithTax` : name);
  const prices = { full: side('linePrice'), reduced: side('proratedLinePrice'), tax: 'lineTax' };
  const items = parts.sumOf(lines, prices.full);
  const discount = money.minus(items, parts.sumOf(lines, prices.reduced));
  const [shipping, tax] = [order.money(side('shipping')), money.minus(grand, order.money('total'))];
  const adjust = (it: Fields) => money.adjustment(it.money(side('price')), it.text('description'), 'surcharge');
  const adjustments = parts.inEach([order], 'surcharges').map(adjust);
  const cancellation = cancelled ? order.list('history.items', [])[0] : undefined;
  return {
    ...order.texts({ orderNumber: 'code', shopOrderId: 'id', currency: 'currencyCode' }),
    ...order.texts({ placedAt: 'orderPlacedAt', updatedAt: 'updatedAt' }),
    status,
    paidAt: status === 'pending' ? null : payments.at(-1)?.text('updatedAt'),
    ...cancellation?.texts({ cancelledAt: 'createdAt', cancelReason: 'data.reason' }),
    buyer: buyerOf(order.object('customer'), order.text('customer.id')),
    shippingAddress: addressOf(order.object('shippingAddress')),
    lines: lines.map((line) => ({
      ...line.texts({ lineId: 'id', sku: 'productVariant.sku', name: 'productVariant.name' }),
      ...money.line({ quantity: line.number('quantity'), taxIncluded, ...line.amounts(prices) }),
    })),
    totals: { items, shipping, tax, discount, adjustments, refunded, grand, taxIncluded },
    payments: payments.map((payment) => payment.texts(PAYMENT)),
  };
}

export default defineShop((settings) => {
  const [url, key] = [settings.url('SHOP_BASE_URL', { path: '/admin-api' }), settings.secret('SHOP_TOKEN', undefined)];
  const session = { mutation: LOGIN, proof: 'login.id', header: 'vendure-auth-token' };
  // Carts and drafts were never placed. `sort` goes by Vendure's order of fields: `code` after the times, `id` before them.
  const ask = async (api: ShopRequests, filter: object, time = 'updatedAt', cursor = '0') => {
    const found = { sort: { [time]: 'ASC', code: 'ASC' }, skip: Number(cursor), take: 50 };
    const options = { ...found, filter: { orderPlacedAt: { isNull: false }, ...filter } };
    const data = parts.inUnits(await api.graphql(QUERY, { options }), AMOUNTS, 2);
    const items = data.list('orders.items').map(({ json }) => Object.assign({}, data.value('activeChannel'), json));
    return lists.byOffset(items, { cursor, size: 50, total: data.number('orders.totalItems') });
  };
  return {
    api: {
      baseUrl: url,
      limits: settings.limits({ concurrency: 2 }), // Each check of an API key takes Vendure half a second.
      auth: key ? auth.header('vendure-api-key', key) : auth.graphqlLogin(settings, url, session),
      problem: auth.graphqlProblem({ FORBIDDEN: 'shop_refused_credentials' }),
    },
    ...{ names: ['id', 'code'], maxBatch: 25 },
    many: async (api, names) => {
      const ids = names.filter((name) => /^\d{1,9}$|^[\da-f-]{36}$/.test(name)); // Vendure fails on larger numbers.
      return (await ask(api, { _or: [{ id: { in: ids } }, { code: { in: names } }] })).items;
    },
    ...{ toOrder, shipments },
    changed: (api, since, cursor) => ask(api, { updatedAt: { after: since } }, 'updatedAt', cursor),
    placed: (api, since, cursor) => ask(api, { orderPlacedAt: { after: since } }, 'orderPlacedAt', cursor),
    ping: (api) => ask(api, { code: { eq: 'order-sync-check' } }),
  };
});
