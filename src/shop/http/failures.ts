import type { Counterpart } from '../../client/counterpart.ts';
import * as client from '../../client/http-errors.ts';
import { SyncError } from '../../errors.ts';

export const SHOP: Counterpart = {
  name: 'the shop',
  credentials: 'SHOP_TOKEN',
  right: 'read orders',
  address: 'SHOP_BASE_URL and the path templates',
  reasons: {
    unreachable: 'shop_unreachable',
    refused: 'shop_refused_credentials',
    busy: 'shop_rate_limited',
    timeout: 'shop_timeout',
    badReply: 'shop_bad_reply',
    error: 'shop_error',
  },
};

export function badReply(problem: string, cause?: unknown): SyncError {
  return client.badReply(SHOP, problem, cause);
}

/** See the client's `statusError`. */
export function statusError(reply: client.ReplyHead, url: URL, credentials?: string): SyncError {
  return client.statusError(SHOP, reply, url, credentials);
}

/** What a "not found" with a web page means, as long as the shop has other orders under such an address: no such order. */
export function notFoundPage({ statusCode }: client.ReplyHead, reference: string): SyncError {
  const finding = `The shop has no order ${reference}: it answered HTTP ${statusCode} with a web page.`;
  const remedy = 'An API would answer JSON: are SHOP_BASE_URL and SHOP_ORDER_PATH right?';
  return new SyncError('order_not_found', finding, { outageOf: 'shop', remedy });
}
