import { asSyncError, type SyncError } from '../../../errors.ts';
import type { ShopClient } from '../../../shop/shop-client.ts';
import { type ContractCheck, odd, ok, skipped, wrong } from '../finding.ts';
import { PoliteShop } from '../polite-shop.ts';
import { fetched } from '../subject.ts';

/** `check` passes, and notices a token that the shop does not accept. */
export const credentials: ContractCheck = {
  name: 'credentials',
  async run({ shop, samples, withWrongToken }) {
    if (!shop.has('check')) {
      return [odd('There is no check(): order-sync check could not tell whether the credentials are right.')];
    }
    const failure = await failureOf(() => shop.check());
    if (failure !== undefined) return [wrong(`check() fails although orders can be fetched: ${failure.message}`)];
    const reference = fetched(samples).at(-1)?.reference;
    if (withWrongToken === undefined || reference === undefined) {
      return [
        ok('check() passes'),
        skipped('there is no SHOP_TOKEN or SHOP_SECRET that could be changed, so a wrong one was not tried'),
      ];
    }
    const stranger = await withWrongToken();
    try {
      return [await refusal(stranger, reference)];
    } finally {
      await stranger.close?.();
    }
  },
};

async function refusal(stranger: ShopClient, reference: string) {
  const shop = new PoliteShop(stranger, AbortSignal.timeout(TIMEOUT_MS));
  const ofCheck = await failureOf(() => shop.check());
  const ofFetch = await failureOf(() => shop.fetch([reference]));
  if (ofCheck === undefined && ofFetch === undefined) {
    return odd('The shop takes a token that is wrong. Can anybody read its orders?');
  }
  if (ofCheck === undefined) {
    return wrong('check() passes with a token that is wrong.', {
      remedy: 'It should ask for something that needs the token.',
    });
  }
  const other = [ofCheck, ofFetch].find((error) => error !== undefined && error.reason !== 'shop_refused_credentials');
  if (other === undefined) return ok('check() passes, and fails with a token that is wrong');
  return wrong(`With a token that is wrong, the failure is ${other.reason}; expected shop_refused_credentials.`, {
    remedy:
      'A 401 or 403, or the code that this shop answers instead, is shop_refused_credentials: the daemon then pauses.',
  });
}

const TIMEOUT_MS = 60_000;

async function failureOf(request: () => Promise<unknown>): Promise<SyncError | undefined> {
  try {
    await request();
    return undefined;
  } catch (error) {
    return asSyncError(error, 'shop_error');
  }
}
