import type { Counterpart } from '../../client/counterpart.ts';
import { isNotFound, isWebPage, type ReplyHead, statusError } from '../../client/http-errors.ts';
import type { Reply } from '../../client/json-http.ts';
import type { ApiRequest } from '../../client/request.ts';
import { SyncError } from '../../errors.ts';
import type { Order } from '../../orders/order.ts';
import { withoutPersonal } from '../../orders/without-personal.ts';

/**
 * A request that was cut off, or that failed in a way nobody foresaw, may have had its effect: `write_failed`, and the next
 * attempt looks before it writes.
 */
export const ERP: Counterpart = {
  name: 'the internal system',
  credentials: "the internal system's credentials (ERP_…)",
  right: 'write orders',
  address: 'ERP_URL',
  reasons: {
    unreachable: 'internal_system_unavailable',
    refused: 'internal_system_refused_credentials',
    busy: 'internal_system_unavailable',
    timeout: 'write_failed',
    badReply: 'write_failed',
    error: 'write_failed',
  },
};

/** The request itself is at fault, so another attempt would end alike. */
const REJECTIONS = [400, 409, 413, 422];

/** What a status other than 2xx means. */
export function statusProblem(reply: Reply, { url }: ApiRequest, credentials: string | undefined): SyncError {
  const { statusCode } = reply;
  if (REJECTIONS.includes(statusCode)) {
    return new SyncError('write_rejected', `The internal system refuses this order (HTTP ${statusCode}).`);
  }
  if (!isNotFound(reply)) return statusError(ERP, reply, url, credentials);
  const finding = `The internal system has nothing at ${url.origin}${url.pathname} (HTTP ${statusCode}).`;
  return new SyncError('internal_system_unavailable', finding, { remedy: 'Is ERP_URL right?' });
}

/** An API says "no such thing" in JSON, or not at all; a page may mean that there is no API at this address. */
export function isAbsent(reply: ReplyHead): boolean {
  return isNotFound(reply) && !isWebPage(reply);
}

/**
 * The ERP refuses this order, and nothing was written: a dead letter that says why in the ERP's own words, as they tell staff
 * what to do. What the order says of a person is taken out of them.
 */
export function rejected(words: string, order: Order): SyncError {
  return new SyncError('write_rejected', `The internal system refuses this order: ${withoutPersonal(words, order)}`);
}
