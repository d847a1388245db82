import type { CommonConfig, ShopConfig } from '../../config/load-config.ts';
import { checkIsRequested } from '../../delivery/check-order.ts';
import { SyncError } from '../../errors.ts';
import { amountText } from '../../orders/money.ts';
import type { Order } from '../../orders/order.ts';
import { createShop } from '../../shop/create-shop.ts';
import { ShopUrls } from '../../shop/rest/shop-urls.ts';
import type { FetchResult } from '../../shop/shop-client.ts';
import { counted } from '../cli/counted.ts';
import { withNames } from '../connect/names.ts';
import { problemLines } from '../validate/describe.ts';
import { explainTotals } from '../validate/explain-totals.ts';
import { fetchReply } from '../validate/fetch-reply.ts';
import { reviewText } from '../validate/review-text.ts';
import { type CheckResult, failed, ok } from './check-result.ts';
import { SHOP_REMEDIES } from './check-shop.ts';

type Config = CommonConfig & { readonly shop: ShopConfig };

const TIMEOUT_MS = 15_000;

/** Of an order that is asked for by name. Another order of the shop may be well. */
const REMEDIES = {
  ...SHOP_REMEDIES,
  order_not_found: 'Is it an order of this shop? If it is, SHOP_BASE_URL or SHOP_ORDER_PATH is wrong.',
};

/** Fetches one order as the daemon does, and says whether it could be stored. Writes nothing and shows no personal data. */
export async function checkOrder(config: Config, reference: string): Promise<CheckResult> {
  const details = { orderNumber: reference };
  const where = addressOf(config.shop, reference);
  try {
    const lines = await withNames(config.env, async (nameToAsk) =>
      found(config, reference, await nameToAsk(reference)),
    );
    return ok('order', lines, details);
  } catch (error) {
    const result = failed('order', error, REMEDIES);
    const asked = where === undefined ? [] : [`It was asked for at ${where.href}`];
    const problems = where === undefined ? [] : await problemsAt(where, error);
    const said = problems.length > 0 ? [`The shop's order ${reference} does not fit`] : result.lines;
    const [first = '', ...more] = said;
    const lines = [first.includes(reference) ? first : `${reference}: ${first}`, ...more, ...asked, ...problems];
    return { ...result, lines, details: { ...details, ...result.details, problems } };
  }
}

/** @throws SyncError */
async function found({ shop: choice, env }: Config, reference: string, name: string): Promise<readonly string[]> {
  const shop = await createShop(choice, env);
  try {
    const results = await shop.fetchOrders([name], AbortSignal.timeout(TIMEOUT_MS));
    return describe(reference, orderIn(results.get(name), name));
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError')
      throw new SyncError('shop_timeout', `The shop did not answer within ${TIMEOUT_MS} ms.`);
    throw error;
  } finally {
    await shop.close?.();
  }
}

/** @throws SyncError */
function orderIn(result: FetchResult | undefined, name: string): Order {
  if (result?.kind === 'failed') throw result.error;
  if (result?.kind !== 'order') throw new SyncError('order_not_found', `The shop has no order ${name}.`);
  checkIsRequested(result.order, name);
  return result.order;
}

function describe(reference: string, order: Order): string[] {
  const { orderNumber, shopOrderId, status, lines, totals, currency, updatedAt } = order;
  const name = reference === orderNumber ? reference : `${reference} is order ${orderNumber} (shop id ${shopOrderId})`;
  const what = [
    status,
    counted(lines.length, 'line'),
    `${amountText(totals.grand, currency)} ${currency}`,
    `changed ${updatedAt}`,
  ];
  const { addUp, text } = explainTotals(order);
  const sums = addUp ? text : text.map((sentence) => `! ${sentence}`);
  return [`${name}: fits. It is ${what.join(', ')}`, ...sums];
}

/** Of a shop whose address is put together from settings: a wrong one is seen at a glance. */
function addressOf(shop: ShopConfig, reference: string): URL | undefined {
  try {
    return 'rest' in shop ? new ShopUrls(shop.rest).order(reference) : undefined;
  } catch {
    // The shop itself says what is wrong with it.
    return undefined;
  }
}

/** Every problem of the reply, with how to mend it: the daemon's error names a few. */
async function problemsAt(url: URL, error: unknown): Promise<string[]> {
  const isOfReply = error instanceof SyncError && ['invalid_order', 'shop_bad_reply'].includes(error.reason);
  if (!isOfReply) return [];
  try {
    return problemLines(reviewText(await fetchReply(url)));
  } catch {
    // It answers otherwise now. What it said first is known.
    return [];
  }
}
