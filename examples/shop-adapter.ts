/**
 * A shop without a REST API: JSON-RPC, money in cents, times in epoch seconds, order numbers as JSON numbers.
 * Run it with SHOP_ADAPTER=./examples/shop-adapter.ts, SHOP_RPC_URL and SHOP_RPC_TOKEN.
 */
import Big from 'big.js';
import { z } from 'zod';
// In a project of your own: from 'order-sync'.
import {
  ConfigError,
  type FetchResult,
  parseExactJson,
  parseOrder,
  type ShopAdapterFactory,
  SyncError,
} from '../src/index.ts';

const createShop: ShopAdapterFactory = ({ env: { SHOP_RPC_URL: url, SHOP_RPC_TOKEN: token = '' } }) => {
  if (url === undefined) throw new ConfigError(['SHOP_RPC_URL: expected the address of the shop, found nothing.']);
  return {
    maxBatch: 20,
    fetchOrders: async (references, signal) => {
      // This shop returns a list in the order of the request, with null for an order that it does not have.
      const found = await getOrders(url, token, references, signal);
      return new Map(references.map((reference, index) => [reference, toResult(found[index], reference)]));
    },
    check: async (signal) => void (await getOrders(url, token, [], signal)),
  };
};
export default createShop;

const text = z.union([z.string(), z.number()]).transform(String);
const time = z.number().transform((seconds) => new Date(seconds * 1000).toISOString());
const money = z.number().transform((cents) => new Big(cents).div(100).toFixed(2));

const rpcOrder = z.looseObject({
  no: text,
  id: text,
  state: z.enum(['NEW', 'PAID', 'DONE', 'CANCELED']),
  currency: z.string(),
  times: z.object({ created: time, changed: time, paid: time.nullable(), canceled: time.nullable() }),
  money: z.object({ goods: money, freight: money, coupon: money, refunded: money, total: money }),
  items: z.array(z.object({ sku: z.string(), title: z.string(), qty: z.number(), price: money, total: money })),
});
const rpcReply = z.object({
  error: z.object({ code: z.number() }).optional(),
  result: z.array(z.unknown()).optional(),
});

/** A failure here affects every order of the request. Its reason decides whether order-sync retries or pauses. */
async function getOrders(url: string, token: string, refs: readonly string[], signal: AbortSignal): Promise<unknown[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'orders.get', params: { refs } }),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
  }).catch((cause) => Promise.reject(new SyncError('shop_unreachable', 'The shop cannot be reached.', { cause })));
  if (response.status === 401) throw new SyncError('shop_refused_credentials', 'The shop refused SHOP_RPC_TOKEN.');
  if (!response.ok) throw new SyncError('shop_error', `The shop answered HTTP ${response.status}.`);
  // Not response.json(), which would turn a 20-digit order number into another one. JSON-RPC errors come with HTTP 200.
  const body = await response
    .text()
    .then(parseExactJson, () => undefined)
    .catch(() => undefined);
  const { error, result } = rpcReply.safeParse(body).data ?? {};
  if (error !== undefined) throw new SyncError('shop_error', `The shop answered with error ${error.code}.`);
  if (result === undefined) throw new SyncError('shop_bad_reply', 'The reply is not JSON-RPC.');
  return result;
}

/** A bad order fails alone. Messages name fields, never their values: those are the buyer's. */
function toResult(found: unknown, reference: string): FetchResult {
  if (found === null) return { kind: 'not-found' };
  const rpc = rpcOrder.safeParse(found);
  const parsed = parseOrder(rpc.success ? canonical(rpc.data) : undefined);
  if ('problem' in parsed) return failed('invalid_order', `Order ${reference} is not valid: ${parsed.problem}.`);
  const { order } = parsed;
  const isMatch = order.orderNumber === reference || order.shopOrderId === reference;
  return isMatch ? { kind: 'order', order } : failed('wrong_order', `The shop did not return ${reference}.`);
}

function failed(reason: 'invalid_order' | 'wrong_order', message: string): FetchResult {
  return { kind: 'failed', error: new SyncError(reason, message) };
}

/** Every other field passes through: here `buyer` and `shippingAddress` are canonical already. */
function canonical({ no, id, state, times, money, items, ...rest }: z.output<typeof rpcOrder>) {
  const status = { NEW: 'pending', PAID: 'paid', DONE: 'completed', CANCELED: 'cancelled' }[state];
  const none = '0.00';
  return {
    ...rest,
    orderNumber: no,
    shopOrderId: id,
    status,
    placedAt: times.created,
    paidAt: times.paid,
    cancelledAt: times.canceled,
    updatedAt: times.changed,
    lines: items.map(({ sku, title, qty, price, total }, index) => {
      const amounts = { quantity: qty, unitPrice: price, discount: none, tax: none, lineTotal: total };
      return { lineId: index + 1, sku, name: title, ...amounts };
    }),
    totals: {
      items: money.goods,
      shipping: money.freight,
      tax: none,
      discount: money.coupon,
      refunded: money.refunded,
      grand: money.total,
    },
    payments: times.paid === null ? [] : [{ method: 'shop', amount: money.total, paidAt: times.paid }],
  };
}
