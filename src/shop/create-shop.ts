import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../errors.ts';
import { withDeadline } from './adapter-deadline.ts';
import type { RestShopOptions } from './rest/options.ts';
import { createRestShop } from './rest/rest-shop.ts';
import type { ShopAdapterFactory, ShopClient } from './shop-client.ts';

/** `adapter` is a module, `./my-shop.ts` or `.js`, relative to the working directory. */
export type ShopChoice = { readonly adapter: string } | { readonly rest: RestShopOptions };
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The shop that the configuration chose: a module of the user's own, or the REST shop.
 *
 * @param env handed to the module, for its own settings
 * @throws ConfigError when the one chosen can't work
 */
export async function createShop(shop: ShopChoice, env: Environment): Promise<ShopClient> {
  return 'adapter' in shop ? await loadAdapter(shop.adapter, env) : createRestShop(shop.rest);
}

async function loadAdapter(module: string, env: Environment): Promise<ShopClient> {
  const factory = await importFactory(module);
  let shop: unknown;
  try {
    shop = await factory({ env });
  } catch (error) {
    throw error instanceof ConfigError
      ? error
      : adapterError(module, `its default export threw ${named(error)}`, error);
  }
  if (!isShopClient(shop)) {
    throw adapterError(module, 'its default export returned no object with a fetchOrders function');
  }
  return withDeadline(shop);
}

async function importFactory(module: string): Promise<ShopAdapterFactory> {
  const path = resolve(module);
  try {
    await access(path);
  } catch (error) {
    throw adapterError(module, `there is no file that can be read at ${path}`, error);
  }
  let loaded: object;
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (error) {
    throw adapterError(module, `it can't be loaded: ${named(error)}`, error);
  }
  const factory: unknown = 'default' in loaded ? loaded.default : undefined;
  if (!isFactory(factory)) {
    throw adapterError(module, 'expected a default export that is a function and makes a ShopClient');
  }
  return factory;
}

/** A function's signature can't be checked at run time; what it returns is. */
function isFactory(value: unknown): value is ShopAdapterFactory {
  return typeof value === 'function';
}

function isShopClient(value: unknown): value is ShopClient {
  return (
    typeof value === 'object' && value !== null && 'fetchOrders' in value && typeof value.fetchOrders === 'function'
  );
}

function named(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `a ${typeof error}`;
}

function adapterError(module: string, problem: string, cause?: unknown): ConfigError {
  return new ConfigError([`SHOP_ADAPTER=${module}: ${problem}.`], { cause });
}
