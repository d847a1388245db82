import { withTimeout } from '../../async/deadline.ts';
import type { CommonConfig, ShopConfig } from '../../config/load-config.ts';
import { SyncError } from '../../errors.ts';
import { createShop } from '../../shop/create-shop.ts';
import { type CheckResult, failed, ok } from './check-result.ts';

const TIMEOUT_MS = 15_000;

const REMEDIES = {
  shop_unreachable: 'Is the shop running, and is SHOP_BASE_URL right?',
  shop_timeout: 'Is the shop overloaded? If it is merely slow, raise SHOP_TIMEOUT_MS.',
  shop_rate_limited: 'Wait, then lower SHOP_REQUESTS_PER_SECOND or SHOP_CONCURRENCY.',
  shop_error: "Are SHOP_BASE_URL and SHOP_ORDER_PATH right? If so, ask the shop's developers.",
  shop_bad_reply: 'Does SHOP_BASE_URL point to the API, and not to a web page?',
};

/** Asks the shop whether it can be reached with these credentials. */
export async function checkShop(config: CommonConfig & { readonly shop: ShopConfig }): Promise<CheckResult> {
  const where = 'rest' in config.shop ? config.shop.rest.baseUrl : config.shop.adapter;
  try {
    const verdict = await withTimeout(tryShop(config), TIMEOUT_MS, () => {
      throw noAnswer();
    });
    return ok('shop', [`${where} ${verdict}`]);
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    return failed('shop', isTimeout ? noAnswer() : error, REMEDIES);
  }
}

async function tryShop(config: CommonConfig & { readonly shop: ShopConfig }): Promise<string> {
  const shop = await createShop(config.shop, config.env);
  if (shop.check === undefined) return 'is loaded; it has no check(), so it was not tested';
  await shop.check(AbortSignal.timeout(TIMEOUT_MS));
  return 'answers and accepts the credentials';
}

function noAnswer(): SyncError {
  return new SyncError('shop_timeout', `The shop did not answer within ${TIMEOUT_MS} ms.`);
}
