import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { listening } from '../../../helpers/network/listening.ts';

const SAMPLES = new URL('./samples/', import.meta.url);

/** An order as the API sends it, as far as the stand-in itself looks at it. */
export interface WooOrder {
  id: number;
  number: string;
  status: string;
  total: string;
  date_created_gmt: string;
  date_modified_gmt: string;
  date_paid_gmt: string | null;
  [field: string]: unknown;
}

export function sample(name: string): WooOrder {
  return JSON.parse(readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8'));
}

export const SAMPLE_NAMES = readdirSync(SAMPLES)
  .filter((file) => file.startsWith('order-'))
  .map((file) => file.slice('order-'.length, -'.json'.length));

/** The shop's clock is eight hours ahead of UTC. */
const ZONE_MS = 8 * 3_600_000;
const STATUSES = 'pending processing on-hold completed cancelled refunded failed checkout-draft packed'.split(' ');

/** A server that answers as WooCommerce 11 was seen to, with its oddities. Its state may be changed while it runs. */
export async function aWooCommerce() {
  const shop = {
    url: '',
    orders: SAMPLE_NAMES.map((name) => sample(`order-${name}`)),
    refunds: new Map<number, unknown[]>([
      [36, JSON.parse(readFileSync(new URL('refunds-of-partial_lines.json', SAMPLES), 'utf8'))],
      [32, JSON.parse(readFileSync(new URL('refunds-of-refunded_full.json', SAMPLES), 'utf8'))],
    ]),
    webhooks: [{ topic: 'order.updated', status: 'active' }],
    secret: 'cs_right',
    /** Refuses plain http: no request is authorised then. */
    isPlainHttpRefused: false,
    isInMaintenance: false,
    mayReadReports: true,
    /** Ids for which a request fails. */
    broken: new Set<number>(),
    requests: [] as URL[],
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://shop');
    shop.requests.push(url);
    const { status, headers, body } = answer(url, request.headers.authorization ?? '');
    response.writeHead(status, headers).end(body);
  });

  function answer({ pathname, searchParams: query }: URL, authorization: string): Answer {
    if (shop.isInMaintenance) return page(503, { 'retry-after': '600' });
    const route = /^\/wp-json\/wc\/v3(\/.*)$/.exec(pathname)?.[1];
    if (route === undefined) return page(404);
    const given = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
    const [, user, secret] = /^(.*):(.*)$/.exec(given) ?? [];
    if (user !== 'ck_right' || shop.isPlainHttpRefused) {
      return error(401, 'woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.');
    }
    if (secret !== shop.secret) {
      return error(401, 'woocommerce_rest_authentication_error', 'Consumer secret is invalid.');
    }
    const [, id, part] = /^\/orders\/(\d+)(\/refunds)?$/.exec(route) ?? [];
    if (id !== undefined) return one(Number(id), part !== undefined, query);
    if (route === '/orders') return list(query);
    if (route.startsWith('/reports/') && !shop.mayReadReports) {
      return error(403, 'woocommerce_rest_cannot_view', 'Sorry, you cannot view this resource.');
    }
    if (route === '/reports/orders/totals')
      return json(
        200,
        STATUSES.map((slug) => ({ slug, name: slug, total: 1 })),
      );
    if (route === '/webhooks') return json(200, shop.webhooks);
    return error(404, 'rest_no_route', 'No route was found matching the URL and request method.');
  }

  function one(id: number, wantsRefunds: boolean, query: URLSearchParams): Answer {
    const order = shop.orders.find((each) => each.id === id);
    if (shop.broken.has(id)) return page(500);
    if (order === undefined) return error(404, 'woocommerce_rest_shop_order_invalid_id', 'Invalid ID.');
    const refunds = (shop.refunds.get(id) ?? []).slice(0, Number(query.get('per_page') ?? 10));
    return json(200, wantsRefunds ? refunds : withDecimals(order, query));
  }

  function list(query: URLSearchParams): Answer {
    const size = Number(query.get('per_page') ?? 10);
    if (size < 1 || size > 100) return error(400, 'rest_invalid_param', 'Invalid parameter(s): per_page');
    const statuses = query.get('status')?.split(',') ?? ['any'];
    if (!statuses.every((status) => ['any', 'trash', ...STATUSES].includes(status))) {
      return error(400, 'rest_invalid_param', 'Invalid parameter(s): status');
    }
    const isWanted = ({ status }: WooOrder) =>
      statuses.includes('any') ? !['trash', 'checkout-draft'].includes(status) : statuses.includes(status);
    const ids = query.get('include')?.split(',').map(Number);
    const field = query.get('orderby') === 'modified' ? 'date_modified_gmt' : 'date_created_gmt';
    const after = threshold(query.get('modified_after') ?? query.get('after'), query.has('dates_are_gmt'));
    const matching = shop.orders
      .filter((order) => isWanted(order) && (ids?.includes(order.id) ?? true))
      .filter((order) => Date.parse(`${order[field]}Z`) > after)
      .sort((a, b) => Date.parse(a[field]) - Date.parse(b[field]) || a.id - b.id);
    if (query.get('order') !== 'asc') matching.reverse();
    const start = (Number(query.get('page') ?? 1) - 1) * size;
    const found = matching.slice(start, start + size);
    if (found.some(({ id }) => shop.broken.has(id))) return page(500);
    return json(
      200,
      found.map((order) => withDecimals(order, query)),
    );
  }

  shop.url = await listening(server);
  return shop;
}

/** The shop takes a time as its own clock's, unless told otherwise; a zone is applied on top of that. Whole seconds only. */
function threshold(given: string | null, isGmt: boolean): number {
  if (given === null) return Number.NEGATIVE_INFINITY;
  const wall = Math.floor(Date.parse(`${given.replace(/Z$/, '')}Z`) / 1000) * 1000;
  if (given.endsWith('Z')) return wall + ZONE_MS;
  return isGmt ? wall : wall - ZONE_MS;
}

/** This shop shows no decimals at present, unless they are asked for. */
function withDecimals(order: WooOrder, query: URLSearchParams): unknown {
  const places = Number(query.get('dp') ?? 0);
  const isAmount = (key: string) => /(?:^|_)(?:total|tax|subtotal)$/.test(key);
  return JSON.parse(JSON.stringify(order), (key, value: unknown) =>
    isAmount(key) && typeof value === 'string' ? Number(value).toFixed(places) : value,
  );
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=UTF-8' }, body: JSON.stringify(body) };
}

function error(status: number, code: string, message: string): Answer {
  return json(status, { code, message, data: { status } });
}

function page(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body: '<!DOCTYPE html>' };
}
