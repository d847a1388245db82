import type { ShopConfig } from '../shop/create-shop.ts';
import type { RestShopOptions } from '../shop/rest/options.ts';
import { type Environment, isSet } from '../settings/environment.ts';
import { isLoopback } from './loopback.ts';
import { type Findings, problem } from '../settings/problems.ts';
import { rereadable } from './secrets.ts';
import type { Values } from './variables.ts';

/** @returns usable only if no problem was added */
export function shopConfig(env: Environment, values: Values, { problems, warnings }: Findings): ShopConfig {
  if (values.SHOP_ADAPTER !== undefined) return { adapter: values.SHOP_ADAPTER };
  if (!isSet(env, 'SHOP_BASE_URL')) {
    problems.push(problem('SHOP_BASE_URL', 'not set', 'https://shop.example, or a module of your own in SHOP_ADAPTER'));
  }
  const baseUrl = values.SHOP_BASE_URL ?? '';
  if (baseUrl.startsWith('http:') && !isLoopback(new URL(baseUrl).hostname)) {
    warnings.push('SHOP_BASE_URL: http:// sends orders and SHOP_TOKEN unencrypted; use https://.');
  }
  return {
    rest: {
      baseUrl,
      orderPath: values.SHOP_ORDER_PATH,
      ordersPath: values.SHOP_ORDERS_PATH,
      batchSize: values.SHOP_BATCH_SIZE,
      changesPath: values.SHOP_CHANGES_PATH,
      placedPath: values.SHOP_PLACED_PATH,
      ...token(env, values),
      authHeader: values.SHOP_AUTH_HEADER,
      authScheme: values.SHOP_AUTH_SCHEME === 'none' ? '' : values.SHOP_AUTH_SCHEME,
      timeoutMs: values.SHOP_TIMEOUT_MS,
      concurrency: values.SHOP_CONCURRENCY,
      requestsPerSecond: values.SHOP_REQUESTS_PER_SECOND,
      maxResponseBytes: values.SHOP_MAX_RESPONSE_BYTES,
    },
  };
}

function token(env: Environment, { SHOP_TOKEN: found }: Values): Pick<RestShopOptions, 'token' | 'currentToken'> {
  if (found === undefined || !isSet(env, 'SHOP_TOKEN_FILE')) return { token: found };
  return { token: found, currentToken: rereadable(env, 'SHOP_TOKEN', found) };
}
