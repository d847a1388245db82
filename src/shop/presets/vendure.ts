/** Vendure 3's GraphQL admin API. Amounts are hundredths, of yen too. Whether prices contain the tax is the channel's choice. */
import {
  addressOf,
  at,
  auth,
  buyerOf,
  byId,
  defineShop,
  Fields,
  graphqlProblem,
  inUnits,
  lists,
  money,
  type Reply,
  type ShopRequests,
  statusOf,
  sumOf,
} from '../toolkit/index.ts';

const QUERY = `query($options: OrderListOptions) { activeChannel { pricesIncludeTax } orders(options: $options) {
  totalItems items { id code state updatedAt orderPlacedAt currencyCode total totalWithTax shipping shippingWithTax
  customer { id firstName lastName emailAddress phoneNumber } surcharges { id description price priceWithTax }
  shippingAddress { fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber }
  lines { id quantity linePrice linePriceWithTax proratedLinePrice proratedLinePriceWithTax productVariant { sku name } }
  payments { id state amount method transactionId updatedAt refunds { id state total } }
  history(options: { filter: { type: { in: ["ORDER_CANCELLATION", "ORDER_STATE_TRANSITION"] } }
    sort: { createdAt: DESC }, take: 2 }) { items { createdAt data } } } } }`;
const AMOUNTS = /^(amount|(total|shipping|price|linePrice|proratedLinePrice)(WithTax)?)$/;
const LOGIN = 'mutation($u: String!, $p: String!) { login(username: $u, password: $p) { ... on CurrentUser { id } } }';
const PAYMENT = { method: 'method', transactionId: 'transactionId', amount: 'amount', paidAt: 'updatedAt' };
const PAGE = 50;

const settled = (parts: readonly Fields[]) => byId(parts).filter((part) => part.text('state') === 'Settled');

/** What was captured decides: a modification may cost more than it, and a refund moves neither state nor `updatedAt`. */
function toOrder(order: Fields) {
  const is = (...states: string[]) => states.includes(order.id('state'));
  const [lines, payments] = [byId(order.list('lines')), settled(order.list('payments', []))];
  const captured = sumOf(payments, 'amount');
  const refunded = sumOf(settled(payments.flatMap((payment) => payment.list('refunds'))), 'total');
  const facts = { cancelled: is('Cancelled'), shipped: is('Shipped', 'Delivered'), onHold: is('Modifying') };
  const status = statusOf({ ...facts, total: order.money('totalWithTax'), captured, refunded });
  const taxIncluded = order.flag('pricesIncludeTax');
  const side = (name: string) => (taxIncluded ? `${name}WithTax` : name);
  const surcharge = { label: 'description', amount: side('price') };
  const [full, reduced] = [side('linePrice'), side('proratedLinePrice')];
  const [last, before] = is('Cancelled') ? order.list('history.items', []) : [];
  return {
    ...order.texts({ orderNumber: 'code', shopOrderId: 'id', currency: 'currencyCode' }),
    ...order.texts({ placedAt: 'orderPlacedAt', updatedAt: 'updatedAt' }),
    status,
    paidAt: status === 'pending' ? null : payments.at(-1)?.text('updatedAt'),
    cancelledAt: last?.text('createdAt'),
    cancelReason: last?.text('data.reason') ?? before?.text('data.reason'),
    buyer: buyerOf(order.object('customer'), order.text('customer.id')),
    shippingAddress: addressOf(order.object('shippingAddress')),
    lines: lines.map((line) => {
      const tax = money.minus(line.money('proratedLinePriceWithTax'), line.money('proratedLinePrice'));
      const amounts = { ...line.amounts({ full, reduced }), tax, taxIncluded, quantity: line.number('quantity') };
      const product = line.texts({ lineId: 'id', sku: 'productVariant.sku', name: 'productVariant.name' });
      return { ...product, ...money.line(amounts) };
    }),
    totals: {
      ...order.amounts({ shipping: side('shipping'), grand: 'totalWithTax' }),
      items: sumOf(lines, full),
      tax: money.minus(order.money('totalWithTax'), order.money('total')),
      discount: money.minus(sumOf(lines, full), sumOf(lines, reduced)),
      adjustments: byId(order.list('surcharges')).map((part) => ({ kind: 'surcharge', ...part.texts(surcharge) })),
      refunded,
      taxIncluded,
    },
    payments: payments.map((part) => part.texts(PAYMENT)),
  };
}

export default defineShop((settings) => {
  // Carts and drafts are orders that were never placed. `sort` goes by the order of the fields in Vendure's schema: `code` is
  // behind the times, `id` would be before them.
  const ask = async (api: ShopRequests, filter: object, time = 'updatedAt', cursor?: string) => {
    const found = { sort: { [time]: 'ASC', code: 'ASC' }, skip: Number(cursor ?? 0), take: PAGE };
    const options = { ...found, filter: { orderPlacedAt: { isNull: false }, ...filter } };
    const data = new Fields(inUnits(await api.graphql(QUERY, { options }), AMOUNTS, 2));
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
  const token = ({ json, headers }: Reply) => at(json, 'data.login.id') && headers['vendure-auth-token'];
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
