/** Vendure 3's GraphQL admin API. Amounts are hundredths, of yen too. Whether prices contain the tax is the channel's choice. */
import type { Reply, ShopRequests } from '../toolkit/index.ts';
import {
  addressOf,
  auth,
  buyerOf,
  defineShop,
  Fields,
  graphqlProblem,
  lists,
  money,
  parts,
  statusOf,
} from '../toolkit/index.ts';

const QUERY = `query($options: OrderListOptions) { activeChannel { pricesIncludeTax } orders(options: $options) {
  totalItems items { id code state updatedAt orderPlacedAt currencyCode total totalWithTax shipping shippingWithTax
  customer { id firstName lastName emailAddress phoneNumber } surcharges { id description price priceWithTax }
  shippingAddress { fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber }
  lines { id quantity linePrice linePriceWithTax proratedLinePrice proratedLinePriceWithTax lineTax
    productVariant { sku name } }
  payments { id state amount method transactionId updatedAt refunds { id state total } }
  history(options: { filter: { type: { eq: "ORDER_CANCELLATION" } }, sort: { createdAt: DESC }, take: 1 }) {
  items { createdAt data } } } } }`;
const AMOUNTS = /^(amount|(total|shipping|price|linePrice|proratedLinePrice)(WithTax)?|lineTax)$/;
const LOGIN = 'mutation($u: String!, $p: String!) { login(username: $u, password: $p) { ... on CurrentUser { id } } }';
const PAYMENT = { method: 'method', transactionId: 'transactionId', amount: 'amount', paidAt: 'updatedAt' };
const PAGE = 50;

const settled = (all: readonly Fields[]) => all.filter((part) => part.text('state') === 'Settled');

/** What was captured decides: a modification may cost more than it, and a refund moves neither state nor `updatedAt`. */
function toOrder(order: Fields) {
  const is = (...states: string[]) => states.includes(order.id('state'));
  const [lines, payments] = [parts.inEach([order], 'lines'), settled(parts.inEach([order], 'payments'))];
  const refunded = parts.sumOf(settled(parts.inEach(payments, 'refunds')), 'total');
  const facts = { cancelled: is('Cancelled'), shipped: is('Shipped', 'Delivered'), onHold: is('Modifying') };
  const amounts = { total: order.money('totalWithTax'), captured: parts.sumOf(payments, 'amount'), refunded };
  const status = statusOf({ ...facts, ...amounts });
  const taxIncluded = order.flag('pricesIncludeTax');
  const side = (name: string) => (taxIncluded ? `${name}WithTax` : name);
  const [full, reduced] = [side('linePrice'), side('proratedLinePrice')];
  const surcharge = { label: 'description', amount: side('price') };
  const cancellation = is('Cancelled') ? order.list('history.items', [])[0] : undefined;
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
      ...money.line({
        quantity: line.number('quantity'),
        taxIncluded,
        ...line.amounts({ full, reduced, tax: 'lineTax' }),
      }),
    })),
    totals: {
      ...order.amounts({ shipping: side('shipping'), grand: 'totalWithTax' }),
      items: parts.sumOf(lines, full),
      tax: money.minus(order.money('totalWithTax'), order.money('total')),
      discount: money.minus(parts.sumOf(lines, full), parts.sumOf(lines, reduced)),
      adjustments: parts.inEach([order], 'surcharges').map((it) => ({ kind: 'surcharge', ...it.texts(surcharge) })),
      refunded,
      taxIncluded,
    },
    payments: payments.map((payment) => payment.texts(PAYMENT)),
  };
}

export default defineShop((settings) => {
  // Carts and drafts were never placed. `sort` goes by Vendure's order of fields: `code` after the times, `id` before them.
  const ask = async (api: ShopRequests, filter: object, time = 'updatedAt', cursor = '0') => {
    const found = { sort: { [time]: 'ASC', code: 'ASC' }, skip: Number(cursor), take: PAGE };
    const options = { ...found, filter: { orderPlacedAt: { isNull: false }, ...filter } };
    const data = new Fields(parts.inUnits(await api.graphql(QUERY, { options }), AMOUNTS, 2));
    const channel = { pricesIncludeTax: data.flag('activeChannel.pricesIncludeTax') };
    const items = data.list('orders.items').map(({ json }) => Object.assign({}, json, channel));
    return lists.byOffset(items, { cursor, size: PAGE, total: data.number('orders.totalItems') });
  };
  // By id, and by the code that people see. Vendure fails on numbers that are too large for an id.
  const many = async (api: ShopRequests, names: readonly string[]) => {
    const ids = names.filter((name) => /^\d{1,9}$|^[\da-f-]{36}$/.test(name));
    return (await ask(api, { _or: [{ id: { in: ids } }, { code: { in: names } }] })).items;
  };
  const [url, key] = [settings.url('SHOP_BASE_URL', { path: '/admin-api' }), settings.secret('SHOP_TOKEN', undefined)];
  const body = (u: string, p: string) => ({ query: LOGIN, variables: { u, p } });
  const token = ({ json, headers }: Reply) => new Fields(json).text('data.login.id') && headers['vendure-auth-token'];
  return {
    api: {
      baseUrl: url,
      // Vendure checks an API key at each request, which takes a processor half a second.
      limits: settings.limits({ concurrency: 2 }),
      auth: key ? auth.header('vendure-api-key', key) : auth.passwordLogin(settings, { url, body, token }),
      problem: graphqlProblem({ FORBIDDEN: 'shop_refused_credentials' }),
    },
    names: ['id', 'code'],
    maxBatch: PAGE / 2,
    one: async (api, name) => (await many(api, [name]))[0],
    many,
    toOrder,
    changed: (api, since, cursor) => ask(api, { updatedAt: { after: since } }, 'updatedAt', cursor),
    placed: (api, since, cursor) => ask(api, { orderPlacedAt: { after: since } }, 'orderPlacedAt', cursor),
    ping: (api) => many(api, ['order-sync-check']),
  };
});
