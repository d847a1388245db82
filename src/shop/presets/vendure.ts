/** Vendure 3's GraphQL admin API. Amounts are hundredths, of yen too, with and without tax: the channel's prices decide. */
import {
  addressOf,
  at,
  auth,
  buyerOf,
  defineShop,
  Fields,
  graphqlProblem,
  lists,
  money,
  type Settings,
  type ShopRequests,
  SyncError,
  statusOf,
} from '../toolkit/index.ts';

const STUB = `id code state updatedAt totalWithTax
  payments { id state amount method transactionId updatedAt refunds { state total } }`;
const ORDER = `${STUB} currencyCode orderPlacedAt total shipping shippingWithTax
  customer { id firstName lastName emailAddress phoneNumber }
  shippingAddress { fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber }
  lines { id quantity linePrice linePriceWithTax proratedLinePrice proratedLinePriceWithTax productVariant { sku name } }
  surcharges { id description price priceWithTax }
  history(options: { filter: { type: { in: ["ORDER_CANCELLATION", "ORDER_STATE_TRANSITION"] } }
    sort: { createdAt: DESC }, take: 2 }) { items { createdAt data } }`;
const LOGIN = 'mutation($u: String!, $p: String!) { login(username: $u, password: $p) { ... on CurrentUser { id } } }';

const amount = (part: Fields, name: string) => money.fromMinorUnits(part.money(name), 2);
const total = (parts: readonly Fields[], name: string) => money.sum(...parts.map((part) => amount(part, name)));
const settled = (parts: readonly Fields[]) => parts.filter((part) => part.text('state') === 'Settled');
/** Vendure returns the parts of an order in no particular order. */
const byId = (parts: readonly Fields[]) =>
  parts.toSorted((a, b) => a.id('id').localeCompare(b.id('id'), 'en', { numeric: true }));

function partsOf(order: Fields) {
  const payments = byId(settled(order.list('payments', [])));
  const refunded = total(settled(payments.flatMap((payment) => payment.list('refunds'))), 'total');
  const grand = amount(order, 'totalWithTax');
  return { payments, refunded, captured: total(payments, 'amount'), total: grand, state: order.id('state') };
}

/** A modification that is still to be paid takes an order back. A refund changes neither its state nor `updatedAt`. */
function toStub(order: Fields) {
  const { state, ...amounts } = partsOf(order);
  const shipped = state === 'Shipped' || state === 'Delivered';
  const status = statusOf({ cancelled: state === 'Cancelled', shipped, onHold: state === 'Modifying', ...amounts });
  return { orderNumber: order.id('code'), shopOrderId: order.id('id'), status, updatedAt: order.text('updatedAt') };
}

function toOrder(order: Fields) {
  const [stub, taxIncluded] = [toStub(order), order.flag('pricesIncludeTax')];
  const { payments, refunded, total: grand } = partsOf(order);
  const price = (part: Fields, name: string) => amount(part, taxIncluded ? `${name}WithTax` : name);
  const prices = (name: string) => money.sum(...order.list('lines').map((line) => price(line, name)));
  const lines = byId(order.list('lines')).map((line) => {
    const [full, reduced] = [price(line, 'linePrice'), price(line, 'proratedLinePrice')];
    const tax = money.minus(amount(line, 'proratedLinePriceWithTax'), amount(line, 'proratedLinePrice'));
    const product = { sku: line.text('productVariant.sku'), name: line.text('productVariant.name') };
    const amounts = money.line({ quantity: line.number('quantity'), full, reduced, tax, taxIncluded });
    return { lineId: line.id('id'), ...product, ...amounts };
  });
  const [cancelled, ...before] = stub.status === 'cancelled' ? order.list('history.items', []) : [];
  return {
    ...stub,
    currency: order.id('currencyCode'),
    placedAt: order.text('orderPlacedAt'),
    paidAt: stub.status === 'pending' ? null : payments.at(-1)?.text('updatedAt'),
    cancelledAt: cancelled?.text('createdAt'),
    cancelReason: cancelled?.text('data.reason') ?? before[0]?.text('data.reason'),
    buyer: {
      ...buyerOf(order.object('customer'), order.text('customer.id')),
      email: order.text('customer.emailAddress'),
    },
    shippingAddress: addressOf(order.object('shippingAddress')),
    // A cancelled line stays, with nothing in it.
    lines: lines.filter(({ quantity }) => quantity !== 0),
    totals: {
      items: prices('linePrice'),
      shipping: price(order, 'shipping'),
      tax: money.minus(grand, amount(order, 'total')),
      taxIncluded,
      discount: money.minus(prices('linePrice'), prices('proratedLinePrice')),
      adjustments: byId(order.list('surcharges')).map((surcharge) => ({
        ...money.adjustment(price(surcharge, 'price'), surcharge.text('description')),
        kind: 'surcharge',
      })),
      refunded,
      grand,
    },
    payments: payments.map((payment) => ({
      method: payment.text('method'),
      transactionId: payment.text('transactionId'),
      amount: amount(payment, 'amount'),
      paidAt: payment.text('updatedAt'),
    })),
  };
}

/** Carts and drafts are orders that were never placed. */
async function ask(api: ShopRequests, fields: string, options: { readonly filter: object } & Record<string, unknown>) {
  const query = `query($options: OrderListOptions) {
    activeChannel { pricesIncludeTax } orders(options: $options) { totalItems items { ${fields} } } }`;
  const filter = { orderPlacedAt: { isNull: false }, ...options.filter };
  const data = new Fields(await api.graphql(query, { options: { ...options, filter } }));
  const pricesIncludeTax = data.flag('activeChannel.pricesIncludeTax');
  const items = lists.of(data.value('orders.items')).map((order) => Object.assign({ pricesIncludeTax }, order));
  return { items, total: data.number('orders.totalItems') };
}

/** By id, and by the code that people see. Vendure fails on numbers that are too large for an id. */
async function many(api: ShopRequests, names: readonly string[]) {
  const ids = names.filter((name) => /^\d{1,9}$|^[\da-f-]{36}$/.test(name));
  const filter = { _or: [{ id: { in: ids } }, { code: { in: names } }] };
  return (await ask(api, ORDER, { filter, take: 2 * names.length })).items;
}

/** `sort` goes by the order of the fields in Vendure's schema, where `code` comes after the times, but `id` before them. */
async function page(api: ShopRequests, time: 'updatedAt' | 'orderPlacedAt', since: Date, cursor: string | undefined) {
  const filter = { [time]: { after: new Date(since.getTime() - 1) } };
  const options = { filter, sort: { [time]: 'ASC', code: 'ASC' }, take: 100, skip: Number(cursor ?? 0) };
  const { items, total: all } = await ask(api, STUB, options);
  return lists.byOffset(items, { cursor, size: 100, total: all });
}

function login(settings: Settings, baseUrl: string) {
  const [user, password] = [settings.text('SHOP_USERNAME'), settings.secret('SHOP_PASSWORD')];
  return auth.session({
    names: ['SHOP_USERNAME', password.name],
    login: async (send) => {
      const json = { query: LOGIN, variables: { u: user, p: password.value } };
      const reply = await send({ method: 'POST', url: new URL(baseUrl), query: [], headers: {}, body: { json } });
      const token = reply.headers['vendure-auth-token'];
      if (typeof at(reply.json, 'data.login.id') === 'string' && typeof token === 'string') return { token };
      throw new SyncError('shop_refused_credentials', 'The shop refused SHOP_USERNAME and SHOP_PASSWORD.');
    },
    sign: (request, token) => auth.withHeader(request, 'authorization', `Bearer ${token}`),
  });
}

export default defineShop((settings) => {
  const baseUrl = settings.url('SHOP_BASE_URL', { path: '/admin-api' });
  const key = settings.secret('SHOP_TOKEN', undefined);
  return {
    api: {
      baseUrl,
      auth: key === undefined ? login(settings, baseUrl) : auth.header('vendure-api-key', key),
      problem: graphqlProblem({ FORBIDDEN: 'shop_refused_credentials' }),
    },
    fetchesBy: 'shopOrderId',
    names: ['id', 'code'],
    maxBatch: 50,
    one: async (api, name) => (await many(api, [name]))[0],
    many,
    toOrder,
    toStub,
    changed: (api, since, cursor) => page(api, 'updatedAt', since, cursor),
    placed: (api, since, cursor) => page(api, 'orderPlacedAt', since, cursor),
    ping: (api) => ask(api, 'id', { filter: {}, take: 1 }),
  };
});
