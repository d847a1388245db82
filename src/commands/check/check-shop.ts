import { withTimeout } from '../../async/deadline.ts';
import { type CommonConfig, loadConfig, type ShopConfig } from '../../config/load-config.ts';
import { knownOrders } from '../../delivery/known-orders.ts';
import { asSyncError, ConfigError, SyncError } from '../../errors.ts';
import { whyNotReport } from '../../shipments/can-report.ts';
import { createShop } from '../../shop/create-shop.ts';
import type { KnownOrder } from '../../shop/order-fetcher.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import { withInternalSystem } from '../connect/with-internal-system.ts';
import { type CheckResult, failed, ok } from './check-result.ts';

type Config = CommonConfig & { readonly shop: ShopConfig };

const TIMEOUT_MS = 15_000;
const PATH_REMEDY = 'Are SHOP_BASE_URL and SHOP_ORDER_PATH right?';

const UNTRIED_WRITE =
  'REPORT_SHIPMENTS: whether the credentials may also write was not tested; the first shipment will show it';

const CANNOT_LIST =
  'it has no listUpdatedSince(), so there is no reconciliation: orders whose event never arrives are missed';

/** What to do about each reason. */
export const SHOP_REMEDIES = {
  shop_unreachable: 'Is the shop running, and is SHOP_BASE_URL right?',
  shop_timeout: 'Is the shop overloaded? If it is merely slow, raise SHOP_TIMEOUT_MS.',
  shop_rate_limited: 'Wait, then lower SHOP_REQUESTS_PER_SECOND or SHOP_CONCURRENCY.',
  shop_error: "Are SHOP_BASE_URL and SHOP_ORDER_PATH right? If so, ask the shop's developers.",
  shop_bad_reply: 'Does SHOP_BASE_URL point to the API, and not to a web page?',
};

/** Asks the shop whether it can be reached with these credentials, and for an order that it should have. */
export async function checkShop(config: Config): Promise<CheckResult> {
  const where = addressOf(config.shop);
  try {
    const [verdict, ...more] = await withTimeout(tryShop(config), TIMEOUT_MS, () => {
      throw noAnswer();
    });
    return ok('shop', [`${where} ${verdict}`, ...more]);
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    return failed('shop', isTimeout ? noAnswer() : error, SHOP_REMEDIES);
  }
}

/** @returns what was found, in lines that begin where the shop's name ends */
async function tryShop(config: Config): Promise<readonly string[]> {
  const shop = await createShop(config.shop, config.env);
  const problem = config.reportShipments ? whyNotReport(shop) : undefined;
  if (problem !== undefined) throw new ConfigError([problem]);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  // A shop may have web pages for unknown orders, and JSON for known ones: those decide.
  const doubt = await shop.check?.(signal).then(() => undefined, doubtIn);
  const found = await findKnown(shop, await known(shop, config), signal);
  if (found === undefined && doubt !== undefined) throw doubt;
  const warnings = (await warningsOf(shop, signal, config)).map((warning) => `! ${warning}`);
  const isProven = found !== undefined;
  const answer = shop.check === undefined ? 'is loaded' : `answers${isProven ? ' and accepts the credentials' : ''}`;
  const untested = shop.check === undefined ? '; it has no check(), so it was not tested' : '';
  if (found !== undefined) return [`${answer}; ${found}`, ...warnings];
  return [
    `${answer}${untested}`,
    '! no order is known here yet, so neither its path nor the form of an order was tested: order-sync check <order number>',
    ...warnings,
  ];
}

/** The shop works. What cannot be found out beyond that is one more warning. */
async function warningsOf(
  shop: ShopClient,
  signal: AbortSignal,
  { reportShipments, reconcile }: Config,
): Promise<readonly string[]> {
  const cannotList = reconcile.everyMs !== undefined && shop.listUpdatedSince === undefined;
  const untried = [...(reportShipments ? [UNTRIED_WRITE] : []), ...(cannotList ? [CANNOT_LIST] : [])];
  try {
    const off = ((await shop.webhooksOff?.(signal)) ?? []).map(
      (topic) => `The webhook for ${topic} is off: switch it on, then reconcile.`,
    );
    return [...off, ...((await shop.warnings?.(signal)) ?? []), ...untried];
  } catch (error) {
    return [`Its webhooks and the like were not checked: ${asSyncError(error, 'shop_error').message}`, ...untried];
  }
}

/** @throws anything but a "not found" that looks like a wrong address */
function doubtIn(error: unknown): SyncError {
  if (error instanceof SyncError && error.reason === 'order_not_found') return error;
  throw error;
}

async function known(shop: ShopClient, { env }: Config): Promise<readonly KnownOrder[]> {
  try {
    return await withInternalSystem(loadConfig(env, ['internalSystem']), (system) => knownOrders(shop, system));
  } catch {
    // What is wrong with the internal system, its own check says.
    return await knownOrders(shop, {});
  }
}

/** @throws SyncError if the shop has none of them, or fails */
async function findKnown(
  shop: ShopClient,
  orders: readonly KnownOrder[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const [first] = orders;
  if (first === undefined) return undefined;
  const origin = first.wasValid ? 'which is stored here' : 'which it lists';
  for (const { reference } of orders) {
    const failure = await failureOf(shop, reference, signal);
    if (failure === undefined) return `it has order ${reference}, ${origin}`;
    if (failure.reason === 'invalid_order') return `it has order ${reference}, ${origin}, but: ${failure.message}`;
    if (failure.reason !== 'order_not_found') throw failure;
  }
  const names = orders.map(({ reference }) => reference).join(', ');
  throw new SyncError('order_not_found', `It answers, but it does not have order ${names}, ${origin}.`, {
    outageOf: 'shop',
    remedy: PATH_REMEDY,
  });
}

async function failureOf(shop: ShopClient, reference: string, signal: AbortSignal): Promise<SyncError | undefined> {
  try {
    const result = (await shop.fetchOrders([reference], signal)).get(reference);
    if (result?.kind === 'order') return undefined;
    if (result?.kind === 'failed') return asSyncError(result.error, 'shop_error');
    return new SyncError('order_not_found', `The shop has no order ${reference}.`);
  } catch (error) {
    return asSyncError(error, 'shop_error');
  }
}

function noAnswer(): SyncError {
  return new SyncError('shop_timeout', `The shop did not answer within ${TIMEOUT_MS} ms.`);
}

function addressOf(shop: ShopConfig): string {
  if ('rest' in shop) return shop.rest.baseUrl;
  return 'preset' in shop ? `${shop.baseUrl} (${shop.preset})` : shop.adapter;
}
