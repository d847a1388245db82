import { type DocumentNode, execute, GraphQLError, parse, validate } from 'graphql';
import { z } from 'zod';
import { type Answer, aServer, type Received } from '../../toolkit/a-server.ts';
import { Bucket, queryCost } from './shopify-cost.ts';
import type { ShopifyOrder } from './shopify-orders.ts';
import { shopifySchema } from './shopify-schema.ts';

const MAX_QUERY_COST = 1_000;
const MAX_INPUT_ARRAY = 250;
const SIXTY_DAYS_MS = 60 * 86_400_000;

const payload = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).default({}) });

export interface ShopifyOptions {
  readonly orders?: readonly ShopifyOrder[];
  readonly scopes?: readonly string[];
  /** The topics of the app's own webhooks. Those that were made in the admin are not among them. */
  readonly webhooks?: readonly string[];
  readonly token?: string;
  /** An app that gets tokens for a day with its id and secret. */
  readonly app?: { readonly id: string; readonly secret: string; readonly isInstalled?: boolean };
  /** The versions that are served, oldest first. */
  readonly versions?: readonly string[];
  /** By the shop's clock. */
  readonly now?: Date;
  /** How many points the bucket holds at first, and how many come back each second. It holds 2,000 at most. */
  readonly points?: { readonly available: number; readonly restoreRate: number };
  /** A list cannot be paged beyond this many objects. */
  readonly maxPaged?: number;
  /** Fields that the app may not read, such as those of protected customer data. */
  readonly denied?: readonly string[];
  /** Called before each request is answered. */
  readonly beforeReply?: (variables: Readonly<Record<string, unknown>>) => void;
}

/** Shopify's Admin GraphQL API, as its documentation describes it. */
export async function aShopify(options: ShopifyOptions = {}) {
  const orders = new Map((options.orders ?? []).map((order) => [order.legacyResourceId, order]));
  const { scopes = ['read_orders', 'read_all_orders'], token = 'shpat_token', webhooks = ['ORDERS_PAID'] } = options;
  const { versions = ['2026-01', '2026-04', '2026-07', '2026-10'], maxPaged = 25_000 } = options;
  const now = options.now ?? new Date('2026-11-23T00:00:00Z');
  const requests: { query: string; variables: Readonly<Record<string, unknown>>; cost: number; version: string }[] = [];

  const bucket = new Bucket(options.points ?? { available: 2_000, restoreRate: 1_000_000 });
  const tokens = new Set([token]);
  let logins = 0;

  const { url } = await aServer(async (request) => {
    if (request.url.pathname === '/admin/oauth/access_token') return login(request);
    const version = servedVersion(request);
    if (version === undefined) return { status: 404, body: { errors: 'Not Found' } };
    const headers = { 'x-shopify-api-version': version, date: now.toUTCString() };
    if (!tokens.has(String(request.headers['x-shopify-access-token']))) {
      const errors = '[API] Invalid API key or access token (unrecognized login or wrong password)';
      return { status: 401, headers, body: { errors } };
    }
    return { ...(await answer(request, version)), headers };
  });

  /** OAuth 2.0 client credentials. A refusal is a page with HTTP 400. */
  function login({ method, body }: Received): Answer {
    logins += 1;
    const form = Object.fromEntries(new URLSearchParams(body));
    const { id, secret, isInstalled = true } = options.app ?? {};
    const isKnown = form['client_id'] === id && form['client_secret'] === secret;
    if (method !== 'POST' || form['grant_type'] !== 'client_credentials' || !isKnown || !isInstalled) {
      return {
        status: 400,
        headers: { 'content-type': 'text/html' },
        body: '<html>Oauth error app_not_installed</html>',
      };
    }
    const access_token = `shpat_${logins}`;
    tokens.add(access_token);
    return { status: 200, body: { access_token, scope: scopes.join(','), expires_in: 86_399 } };
  }

  /** A version that is not served any more falls forward to the oldest one that is. */
  function servedVersion({ method, url }: Received): string | undefined {
    const asked = /^\/admin\/api\/(\d{4}-\d{2})\/graphql\.json$/.exec(url.pathname)?.[1];
    if (method !== 'POST' || asked === undefined || asked > (versions.at(-1) ?? '')) return undefined;
    return versions.find((version) => version >= asked);
  }

  async function answer({ body }: Received, version: string): Promise<Answer> {
    const { query, variables } = payload.parse(JSON.parse(body));
    const document = parse(query);
    const [problem] = validate(shopifySchema, document);
    if (problem !== undefined) return graphqlError(problem.message, 'undefinedField');
    const cost = queryCost(document, variables);
    requests.push({ query, variables, cost, version });
    if (cost > MAX_QUERY_COST) {
      return graphqlError(
        `Query cost is ${cost}, which exceeds the single query max cost limit (${MAX_QUERY_COST}).`,
        'MAX_COST_EXCEEDED',
      );
    }
    const isEnough = bucket.take(cost);
    const { throttleStatus } = bucket;
    if (!isEnough) {
      const extensions = { cost: { requestedQueryCost: cost, actualQueryCost: null, throttleStatus } };
      return {
        status: 200,
        body: { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], extensions },
      };
    }
    options.beforeReply?.(variables);
    return await run(document, variables, { requestedQueryCost: cost, actualQueryCost: cost, throttleStatus });
  }

  async function run(document: DocumentNode, variables: Record<string, unknown>, cost: object): Promise<Answer> {
    const result = await execute({
      schema: shopifySchema,
      document,
      variableValues: variables,
      rootValue,
      typeResolver: (value) => z.object({ __typename: z.string() }).parse(value).__typename,
      fieldResolver: (source, args, _, { fieldName }) => {
        if (options.denied?.includes(fieldName)) throw accessDenied(fieldName);
        const value: unknown = Reflect.get(source, fieldName);
        if (typeof value === 'function') return value(args);
        return fieldName === 'lineItems' ? connection(asList(value), args, 25_000) : sized(value, args);
      },
    });
    return { status: 200, body: { ...result, extensions: { cost } } };
  }

  const rootValue = {
    __typename: 'QueryRoot',
    currentAppInstallation: () => ({
      __typename: 'AppInstallation',
      id: 'gid://shopify/AppInstallation/1',
      accessScopes: scopes.map((handle) => ({ handle, description: handle })),
    }),
    shop: () => ({ __typename: 'Shop', id: 'gid://shopify/Shop/1', name: 'Tea', currencyCode: 'USD' }),
    node: ({ id }: { id: string }) => orderOf(id),
    nodes: ({ ids }: { ids: string[] }) => {
      if (ids.length > MAX_INPUT_ARRAY) {
        throw refusal(
          `The input array size of ${ids.length} is greater than the maximum allowed of 250.`,
          'MAX_INPUT_SIZE',
        );
      }
      return ids.map(orderOf);
    },
    order: ({ id }: { id: string }) => orderOf(id),
    orders: (args: { query?: string; sortKey: string; first?: number; after?: string }) => {
      if (!scopes.includes('read_orders')) throw accessDenied('orders');
      const key = args.sortKey === 'UPDATED_AT' ? 'updatedAt' : 'createdAt';
      const found = visible().filter(filterOf(args.query));
      return connection(found.toSorted(by(key)), args, maxPaged);
    },
    webhookSubscriptions: (args: { first?: number }) => {
      const list = webhooks.map((topic, id) => ({
        __typename: 'WebhookSubscription',
        id: `gid://shopify/WebhookSubscription/${id}`,
        topic,
      }));
      return connection(list, args, 25_000);
    },
  };

  function orderOf(gid: string) {
    const id = /^gid:\/\/shopify\/Order\/(\d+)$/.exec(gid)?.[1];
    if (id === undefined) throw refusal(`Invalid global id '${gid}'`, 'INVALID_GLOBAL_ID');
    if (!scopes.includes('read_orders')) throw accessDenied('nodes');
    return visible().find(({ legacyResourceId }) => legacyResourceId === id) ?? null;
  }

  /** Without the scope `read_all_orders`, older orders are absent, and nothing says so. */
  function visible(): ShopifyOrder[] {
    const all = [...orders.values()];
    if (scopes.includes('read_all_orders')) return all;
    return all.filter(({ createdAt }) => now.getTime() - Date.parse(createdAt) < SIXTY_DAYS_MS);
  }

  return {
    url,
    token,
    requests,
    get logins() {
      return logins;
    },
    /** Forgets all tokens, as after a day. */
    endTokens: () => tokens.clear(),
    /** Adds an order, or puts another version in its place. */
    put: (order: ShopifyOrder) => orders.set(order.legacyResourceId, order),
  };
}

/** `updated_at:>='2026-11-22T08:00:00Z'`, to the second; or `name:'#1001'`, which finds similar names, too. */
function filterOf(query = ''): (order: ShopifyOrder) => boolean {
  if (query === '') return () => true;
  const name = /^name:'([^']+)'$/.exec(query)?.[1]?.replace('#', '');
  if (name !== undefined) return (order) => order.name.includes(name);
  const [, field, since = ''] = /^(updated_at|created_at):>='([\d:TZ-]+)'$/.exec(query) ?? [];
  if (field === undefined) throw refusal(`No stand-in understands ${query}`, 'STAND_IN');
  const key = field === 'updated_at' ? 'updatedAt' : 'createdAt';
  return (order) => Date.parse(order[key]) >= Date.parse(since);
}

function by(key: 'updatedAt' | 'createdAt') {
  return (a: ShopifyOrder, b: ShopifyOrder) =>
    Date.parse(a[key]) - Date.parse(b[key]) || Number(a.legacyResourceId) - Number(b.legacyResourceId);
}

/** A page of at most 250, from behind the cursor. */
function connection(all: readonly unknown[], args: { first?: number; after?: string }, maxPaged: number) {
  const { first, after } = args;
  if (first === undefined) throw refusal('you must provide one of first or last', 'BAD_REQUEST');
  if (first > 250) throw refusal('first cannot be greater than 250', 'BAD_REQUEST');
  const start = after === undefined || after === null ? 0 : Number(Buffer.from(after, 'base64').toString());
  if (start + first > maxPaged) throw refusal(`Pagination is limited to ${maxPaged} objects`, 'PAGINATION_LIMIT');
  const end = Math.min(start + first, all.length);
  const endCursor = end === start ? null : Buffer.from(String(end)).toString('base64');
  return { nodes: all.slice(start, end), pageInfo: { hasNextPage: end < all.length, endCursor } };
}

function sized(value: unknown, { first }: { first?: number }): unknown {
  return Array.isArray(value) && first !== undefined ? value.slice(0, first) : value;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function accessDenied(field: string): GraphQLError {
  return refusal(`Access denied for ${field} field. Required access: \`read_orders\` access scope.`, 'ACCESS_DENIED');
}

function refusal(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** Errors come with HTTP 200. */
function graphqlError(message: string, code: string): Answer {
  return { status: 200, body: { errors: [{ message, extensions: { code } }] } };
}
