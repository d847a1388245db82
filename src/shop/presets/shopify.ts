/** Shopify's Admin GraphQL API. Orders go by id; one that is asked for by a name such as #1001 is searched for. */
import type { Fields, ShopRequests } from '../toolkit/index.ts';
import { allNodes, at, auth, defineShop, lists, pageByTime, SyncError } from '../toolkit/index.ts';
import { credentials } from './shopify/credentials.ts';
import { budget, warnings } from './shopify/limits.ts';
import { toOrder, toStub } from './shopify/order.ts';
import { CHECK, LIST, MANY, MAX_BATCH, MORE_LINES, NAMED, PING } from './shopify/queries.ts';
import { shipments } from './shopify/shipments.ts';

const gid = (id: unknown) => `gid://shopify/Order/${id}`;

/** An amount comes in two currencies: the shop's own is kept. */
async function ask(api: ShopRequests, query: string, variables: Readonly<Record<string, unknown>>): Promise<unknown> {
  const data = JSON.stringify(await api.graphql(query, variables));
  return JSON.parse(data, (_, value: unknown) => at(value, 'shopMoney.amount') ?? value);
}

/** The lines that did not fit in the reply, of the very same version: never a part of an order. */
async function complete(api: ShopRequests, order: Fields) {
  const lineItems = await allNodes(order.value('lineItems'), async (after) => {
    const more = at(await ask(api, MORE_LINES, { id: gid(order.id('shopOrderId')), after }), 'order');
    if (at(more, 'updatedAt') === order.value('updatedAt')) return at(more, 'lineItems');
    throw new SyncError('shop_error', 'An order changed while its lines were read.');
  });
  return { lineItems };
}

async function many(api: ShopRequests, references: readonly string[]): Promise<readonly unknown[]> {
  const ids = references.filter((reference) => /^\d{1,20}$/.test(reference));
  return ids.length === 0 ? [] : lists.of(at(await ask(api, MANY, { ids: ids.map(gid) }), 'nodes'));
}

async function one(api: ShopRequests, reference: string): Promise<unknown> {
  const [order] = await many(api, [reference]);
  if (order) return order;
  // No order reference has a quote in it.
  const found = lists.of(at(await api.graphql(NAMED, { query: `name:'${reference}'` }), 'orders.nodes'));
  const [named, ...others] = found.filter((each) => at(each, 'name') === reference);
  return named === undefined || others.length > 0 ? undefined : (await many(api, [String(at(named, 'id'))]))[0];
}

/** Shopify pages no further than 25,000 orders. */
const list = (sortKey: string, timeOf: string) => (api: ShopRequests, since: Date, cursor: string | undefined) => {
  const start = `${since.toISOString().slice(0, 19)}Z`;
  const page = async (from: string, after: string | undefined) =>
    at(await api.graphql(LIST, { query: `${sortKey.toLowerCase()}:>='${from}'`, sortKey, after }), 'orders');
  return pageByTime({ cursor, start, timeOf }, page);
};

export default defineShop((settings) => {
  const version = settings.text('SHOP_API_VERSION', '2026-10');
  const baseUrl = settings.url('SHOP_BASE_URL', { path: `/admin/api/${version}/graphql.json`, onlyHttps: true });
  return {
    api: {
      baseUrl,
      auth: credentials(settings, baseUrl),
      problem: auth.graphqlProblem({ THROTTLED: 'shop_rate_limited', ACCESS_DENIED: 'shop_refused_credentials' }),
      isNotFound: () => false,
      budget,
      // Six orders cost up to 700 points, and a standard shop's bucket holds 2,000.
      limits: settings.limits({ concurrency: 2 }),
    },
    fetchesBy: 'shopOrderId',
    names: ['shopOrderId', 'orderNumber'],
    maxBatch: MAX_BATCH,
    ...{ one, many, complete, toOrder, toStub, shipments },
    changed: list('UPDATED_AT', 'updatedAt'),
    placed: list('CREATED_AT', 'placedAt'),
    ping: async (api) => lists.of(at(await api.graphql(PING), 'orders.nodes')),
    warnings: async (api) => warnings(await api.send('POST', '', { body: { json: { query: CHECK } } }), version),
  };
});
