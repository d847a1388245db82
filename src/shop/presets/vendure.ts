/** Vendure 3's GraphQL admin API. Amounts are hundredths, of yen too. Whether prices contain the tax is the channel's choice. */
import type { Reply, ShopRequests } from '../toolkit/index.ts';
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
  statusOf,
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
const PAGE = 50;
const LOGIN = 'mutation($u: String!, $p: String!) { login(username: $u, password: $p) { ... on CurrentUser { id } } }';

const settled = (parts: readonly Fields[]) => byId(parts).filter((part) => part.text('state') === 'Settled');
const total = (parts: readonly Fields[], name: string) => money.sum(...parts.map((part) => part.money(name)));

/** What was captured decides: a modification may cost more than it, and a refund moves neither state nor `updatedAt`. */
function toOrder(order: Fields) {
  const [state, taxIncluded] = [order.id('state'), order.flag('pricesIncludeTax')];
  const [lines, payments] = [byId(order.list('lines')), settled(order.list('payments', []))];
  const refunds = payments.flatMap((payment) => settled(payment.list('refunds')));
  const [captured, refunded] = [total(payments, 'amount'), total(refunds, 'total')];
  const [cancelled, shipped] = [state === 'Cancelled', state === 'Shipped' || state === 'Delivered'];
  const facts = { cancelled, shipped, onHold: state === 'Modifying', total: order.money('totalWithTax') };
  const status = statusOf({ ...facts, captured, refunded });
  const side = (name: string) => (taxIncluded ? `${name}WithTax` : name);
  const [full, reduced] = [side('linePrice'), side('proratedLinePrice')];
  const [last, before] = cancelled ? order.list('history.items', []) : [];
  return {
    ...order.texts({ orderNumber: 'code', shopOrderId: 'id', currency: 'currencyCode' }),
    ...order.texts({ placedAt: 'orderPlacedAt', updatedAt: 'updatedAt' }),
    status,
    paidAt: status === 'pending' ? null : payments.at(-1)?.text('updatedAt'),
    cancelledAt: last?.text('createdAt'),
    cancelReason: last?.text('data.reason') ?? before?.text('data.reason'),
    buyer: {
      ...buyerOf(order.object('customer'), order.text('customer.id')),
      ...order.texts({ email: 'customer.emailAddress' }),
    },
    shippingAddress: addressOf(order.object('shippingAddress')),
    lines: lines.map((line) => {
      const tax = money.minus(line.money('proratedLinePriceWithTax'), line.money('proratedLinePrice'));
      const amounts = { ...line.amounts({ full, reduced }), tax, taxIncluded, quantity: line.number('quantity') };
      return {
        ...line.texts({ lineId: 'id', sku: 'productVariant.sku', name: 'productVariant.name' }),
        ...money.line(amounts),
      };
    }),
    totals: {
      ...order.amounts({ shipping: side('shipping'), grand: 'totalWithTax' }),
      items: total(lines, full),
      tax: money.minus(order.money('totalWithTax'), order.money('total')),
      discount: money.minus(total(lines, full), total(lines, reduced)),
      adjustments: byId(order.list('surcharges')).map((part) => ({
        kind: 'surcharge',
        label: part.text('description'),
        amount: part.money(side('price')),
      })),
      refunded,
      taxIncluded,
    },
    payments: payments.map((part) => ({
      ...part.texts({ method: 'method', transactionId: 'transactionId', paidAt: 'updatedAt' }),
      ...part.amounts({ amount: 'amount' }),
    })),
  };
}

/** Carts and drafts are orders that were never placed. */
async function ask(api: ShopRequests, filter: object, options: object) {
  const placed = { take: PAGE, ...options, filter: { orderPlacedAt: { isNull: false }, ...filter } };
  const data = new Fields(inUnits(await api.graphql(QUERY, { options: placed }), AMOUNTS, 2));
  const channel = { pricesIncludeTax: data.flag('activeChannel.pricesIncludeTax') };
  const items = data.list('orders.items').map(({ json }) => Object.assign({}, json, channel));
  return { items, total: data.number('orders.totalItems') };
}

/** By id, and by the code that people see. Vendure fails on numbers that are too large for an id. */
async function many(api: ShopRequests, names: readonly string[]) {
  const ids = names.filter((name) => /^\d{1,9}$|^[\da-f-]{36}$/.test(name));
  const filter = { _or: [{ id: { in: ids } }, { code: { in: names } }] };
  return (await ask(api, filter, { take: 2 * names.length })).items;
}

/** `sort` goes by the order of the fields in Vendure's schema: `code` is behind the times, `id` would be before them. */
async function page(api: ShopRequests, time: string, after: Date, cursor: string | undefined) {
  const options = { sort: { [time]: 'ASC', code: 'ASC' }, skip: Number(cursor ?? 0) };
  const found = await ask(api, { [time]: { after } }, options);
  return lists.byOffset(found.items, { cursor, size: PAGE, total: found.total });
}

export default defineShop((settings) => {
  const [url, key] = [settings.url('SHOP_BASE_URL', { path: '/admin-api' }), settings.secret('SHOP_TOKEN', undefined)];
  const body = (u: string, p: string) => ({ query: LOGIN, variables: { u, p } });
  const token = ({ json, headers }: Reply) => at(json, 'data.login.id') && headers['vendure-auth-token'];
  const problem = graphqlProblem({ FORBIDDEN: 'shop_refused_credentials' });
  return {
    api: {
      baseUrl: url,
      // Vendure checks an API key at each request, which takes a processor half a second.
      limits: settings.limits({ concurrency: 2 }),
      auth: key ? auth.header('vendure-api-key', key) : auth.passwordLogin(settings, { url, body, token }),
      problem,
    },
    names: ['id', 'code'],
    maxBatch: PAGE,
    one: async (api, name) => (await many(api, [name]))[0],
    many,
    toOrder,
    changed: (api, since, cursor) => page(api, 'updatedAt', since, cursor),
    placed: (api, since, cursor) => page(api, 'orderPlacedAt', since, cursor),
    ping: (api) => ask(api, {}, { take: 1 }),
  };
});
