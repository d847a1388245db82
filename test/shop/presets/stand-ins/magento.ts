import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { type Answer, aServer, type Received } from '../../toolkit/a-server.ts';
import type { MagentoOrder } from './magento-orders.ts';
import { searchOrders } from './magento-search.ts';

const FOUR_HOURS_MS = 4 * 3_600_000;

export interface MagentoOptions {
  readonly orders?: readonly MagentoOrder[];
  /** A token that is good for ever, where the shop allows integration tokens to stand alone. */
  readonly integrationToken?: string;
  readonly admin?: { readonly username: string; readonly password: string };
  readonly hasTwoFactors?: boolean;
  readonly oauth?: {
    readonly consumerKey: string;
    readonly consumerSecret: string;
    readonly accessToken: string;
    readonly accessTokenSecret: string;
  };
  /** Whether the role has Magento_Sales::actions_view. */
  readonly mayReadOrders?: boolean;
  /** By the shop's clock. */
  readonly now?: () => Date;
  /** Called before each list is answered. */
  readonly beforeList?: () => void;
}

const NOT_AUTHORIZED: Answer = {
  status: 401,
  body: {
    message: "The consumer isn't authorized to access %resources.",
    parameters: { resources: 'Magento_Sales::actions_view' },
  },
};

/** Magento's REST API (2.4), as its documentation describes it. */
export async function aMagento(options: MagentoOptions = {}) {
  const orders = new Map((options.orders ?? []).map((order) => [order.entity_id, order]));
  const { now = () => new Date('2026-11-23T00:00:00Z'), mayReadOrders = true } = options;
  const tokens = new Map<string, number>();
  const nonces = new Set<string>();
  const requests: URL[] = [];
  let logins = 0;

  const { url } = await aServer((request) => {
    requests.push(request.url);
    return { headers: { date: now().toUTCString() }, ...answer(request) };
  });

  function answer(request: Received): Answer {
    const path = /^\/rest(?:\/(?:all|default))?\/V1(\/.*)$/.exec(request.url.pathname)?.[1];
    if (path === undefined) return { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>404</html>' };
    if (path === '/integration/admin/token' && request.method === 'POST') return login(request.body);
    if (path !== '/orders' || request.method !== 'GET') {
      return { status: 404, body: { message: 'Request does not match any route.' } };
    }
    if (!isAuthorized(request) || !mayReadOrders) return NOT_AUTHORIZED;
    options.beforeList?.();
    return searchOrders([...orders.values()], request.url);
  }

  function login(body: string): Answer {
    logins += 1;
    const given = z.object({ username: z.string(), password: z.string() }).parse(JSON.parse(body));
    if (options.hasTwoFactors === true) {
      return { status: 400, body: { message: 'Please use the 2fa provider-specific endpoints to obtain a token.' } };
    }
    if (given.username !== options.admin?.username || given.password !== options.admin.password) {
      return {
        status: 401,
        body: { message: 'The account sign-in was incorrect or your account is disabled temporarily.' },
      };
    }
    const token = `admin-token-${logins}`;
    tokens.set(token, now().getTime() + FOUR_HOURS_MS);
    return { status: 200, body: JSON.stringify(token) };
  }

  function isAuthorized({ method, url, headers }: Received): boolean {
    const [scheme, ...rest] = (headers.authorization ?? '').split(' ');
    const credentials = rest.join(' ');
    if (scheme === 'OAuth')
      return isSigned(method, new URL(url.pathname + url.search, `http://${headers.host}`), credentials);
    if (scheme !== 'Bearer') return false;
    return credentials === options.integrationToken || (tokens.get(credentials) ?? 0) > now().getTime();
  }

  /** OAuth 1.0a; a nonce is good once. */
  function isSigned(method: string, url: URL, credentials: string): boolean {
    const given = new Map(
      credentials.split(',').map((part): [string, string] => {
        const [, name = '', value = ''] = /^\s*(\w+)="([^"]*)"$/.exec(part) ?? [];
        return [name, decodeURIComponent(value)];
      }),
    );
    const { oauth } = options;
    const nonce = given.get('oauth_nonce') ?? '';
    if (oauth === undefined || nonce === '' || nonces.has(nonce)) return false;
    if (given.get('oauth_consumer_key') !== oauth.consumerKey || given.get('oauth_token') !== oauth.accessToken)
      return false;
    if (given.get('oauth_signature_method') !== 'HMAC-SHA256') return false;
    nonces.add(nonce);
    const pairs = [...given].filter(([name]) => name !== 'oauth_signature');
    // As PHP's rawurldecode reads it: a "+" stays one.
    for (const pair of url.search.slice(1).split('&').filter(Boolean)) {
      const [name = '', value = ''] = pair.split('=').map(decodeURIComponent);
      pairs.push([name, value]);
    }
    const sorted = pairs
      .map((pair) => pair.map(rawurlencode))
      .toSorted(([a = '', x = ''], [b = '', y = '']) => (a === b ? Number(x > y) - 1 : a < b ? -1 : 1))
      .map((pair) => pair.join('='))
      .join('&');
    const base = [method, url.origin + url.pathname, sorted].map(rawurlencode).join('&');
    const key = `${rawurlencode(oauth.consumerSecret)}&${rawurlencode(oauth.accessTokenSecret)}`;
    return createHmac('sha256', key).update(base).digest('base64') === given.get('oauth_signature');
  }

  return {
    url,
    requests,
    get logins() {
      return logins;
    },
    /** Adds an order, or puts another version in its place. */
    put: (order: MagentoOrder) => orders.set(order.entity_id, order),
    /** Forgets all admin tokens, as when an administrator revokes them. */
    revokeTokens: () => tokens.clear(),
  };
}

function rawurlencode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
