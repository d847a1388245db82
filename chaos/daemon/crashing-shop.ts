import { setTimeout as sleep } from 'node:timers/promises';
import { type FetchResult, orderSchema, type ShopAdapterFactory, SyncError } from '../../src/index.ts';

/** A shop adapter with a bug: for orders whose number ends in CHAOS_CRASH_ON, it throws from a timer, uncaught. */
const crashing: ShopAdapterFactory = ({ env }) => ({
  fetchOrders: async (references, signal) => {
    const results = new Map<string, FetchResult>();
    for (const reference of references) results.set(reference, await fetchOne(reference, env, signal));
    return results;
  },
});
export default crashing;

async function fetchOne(
  reference: string,
  { SHOP_BASE_URL: url, SHOP_TOKEN: token, CHAOS_CRASH_ON: ending }: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<FetchResult> {
  if (ending !== undefined && reference.endsWith(ending)) {
    setTimeout(() => {
      throw new TypeError('a bug in the adapter');
    }, 5);
    await sleep(1_000);
  }
  const reply = await fetch(`${url}/orders/${reference}`, { signal, headers: { authorization: `Bearer ${token}` } });
  if (reply.status === 404) return { kind: 'not-found' };
  if (!reply.ok) throw new SyncError('shop_error', `The shop answered HTTP ${reply.status}.`);
  return { kind: 'order', order: orderSchema.parse(await reply.json()) };
}
