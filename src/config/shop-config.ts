import { type Environment, isSet } from '../settings/environment.ts';
import { isLoopback } from '../settings/loopback.ts';
import { type Findings, problem } from '../settings/problems.ts';
import type { ShopConfig } from '../shop/create-shop.ts';
import type { RestShopOptions } from '../shop/rest/options.ts';
import { isGiven, rereadable } from './secrets.ts';
import { type Values, type VariableName, variable } from './variables.ts';

/** @returns usable only if no problem was added */
export function shopConfig(env: Environment, values: Values, { problems, warnings }: Findings): ShopConfig {
  const { SHOP_ADAPTER: adapter, SHOP_PRESET: preset } = values;
  if (isSet(env, 'SHOP_PRESET') && adapter !== undefined) {
    problems.push(problem('SHOP_PRESET', 'SHOP_ADAPTER is set as well', 'only one of the two'));
  }
  if (adapter !== undefined) return { adapter };
  if (!isSet(env, 'SHOP_BASE_URL')) {
    problems.push(problem('SHOP_BASE_URL', 'not set', 'https://shop.example, or a module of your own in SHOP_ADAPTER'));
  }
  const baseUrl = values.SHOP_BASE_URL ?? '';
  if (baseUrl.startsWith('http:') && !isLoopback(new URL(baseUrl).hostname)) {
    warnings.push('SHOP_BASE_URL: http:// sends orders and credentials unencrypted; use https://.');
  }
  if (preset !== undefined) {
    warnings.push(...ofRestShop(env).map((name) => `${name}: it is ignored, as SHOP_PRESET=${preset} knows better.`));
    return { preset, baseUrl };
  }
  const unused = OF_PRESETS.filter((name) => isGiven(env, name));
  warnings.push(...unused.map((name) => `${name}: it is ignored without SHOP_PRESET.`));
  return {
    rest: {
      baseUrl,
      orderPath: values.SHOP_ORDER_PATH,
      ordersPath: values.SHOP_ORDERS_PATH,
      batchSize: values.SHOP_BATCH_SIZE,
      changesPath: values.SHOP_CHANGES_PATH,
      placedPath: values.SHOP_PLACED_PATH,
      shipmentPath: values.SHOP_SHIPMENT_PATH,
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

/** What describes the built-in REST shop, and differs from the default. */
function ofRestShop(env: Environment): VariableName[] {
  return OF_REST_SHOP.filter((name) => isSet(env, name) && env[name]?.trim() !== variable(name).default);
}

const OF_REST_SHOP = [
  'SHOP_ORDER_PATH',
  'SHOP_ORDERS_PATH',
  'SHOP_BATCH_SIZE',
  'SHOP_CHANGES_PATH',
  'SHOP_PLACED_PATH',
  'SHOP_SHIPMENT_PATH',
  'SHOP_AUTH_HEADER',
  'SHOP_AUTH_SCHEME',
] as const;

/** The credentials of presets alone. */
const OF_PRESETS = [
  'SHOP_KEY',
  'SHOP_SECRET',
  'SHOP_USERNAME',
  'SHOP_PASSWORD',
  'SHOP_CONSUMER_KEY',
  'SHOP_CONSUMER_SECRET',
  'SHOP_ACCESS_TOKEN',
  'SHOP_ACCESS_TOKEN_SECRET',
] as const;

function token(env: Environment, { SHOP_TOKEN: found }: Values): Pick<RestShopOptions, 'token' | 'currentToken'> {
  if (found === undefined || !isSet(env, 'SHOP_TOKEN_FILE')) return { token: found };
  return { token: found, currentToken: rereadable(env, 'SHOP_TOKEN', found) };
}
