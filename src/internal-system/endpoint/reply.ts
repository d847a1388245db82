import { z } from 'zod';
import { header } from '../../client/http-errors.ts';
import { retryAfterMs } from '../../client/retry-after.ts';
import { SyncError } from '../../errors.ts';
import { describeIssues, type Order } from '../../orders/order.ts';
import { withoutPersonal } from '../../orders/without-personal.ts';
import { CONFLICTS } from '../conflicts.ts';
import type { SinkResult } from '../sink/order-sink.ts';
import type { EndpointReply } from './exchange.ts';

const conflict = z.enum(CONFLICTS, `expected one of ${CONFLICTS.join(', ')}`);
const erpId = z.union([z.string().trim().max(100), z.int().transform(String)], {
  error: 'expected a text of at most 100 characters, or a whole number',
});

const delivered = z.object({
  erpId: erpId.nullish(),
  conflict: z.union([z.array(conflict), conflict.transform((one) => [one])]).nullish(),
  note: z.string('expected a text').nullish(),
});
const refused = z.object({ error: z.string() });

/** The endpoint has the order. @throws SyncError when its reply does not say so */
export function resultOf(reply: EndpointReply, order: Order): SinkResult {
  if (reply.statusCode < 200 || reply.statusCode > 299) throw refusal(reply, order);
  if (reply.body.trim() === '') return {};
  if (isWebPage(reply.body)) throw notTheEndpoint(reply);
  const parsed = delivered.safeParse(jsonOf(reply.body));
  if (!parsed.success) {
    const expected = 'expected nothing, or JSON such as {"erpId":"4711"}';
    const problem = `HTTP ${reply.statusCode} with a body that can't be used (${describeIssues(parsed.error.issues)})`;
    throw new SyncError('write_failed', `The endpoint answered ${problem}: ${expected}.`, { isOver: true });
  }
  const { erpId: id, conflict: conflicts, note } = parsed.data;
  return {
    ...(id ? { erpId: id } : {}),
    ...(conflicts?.length ? { conflict: conflicts } : {}),
    ...(note?.trim() ? { note: withoutPersonal(note, order) } : {}),
  };
}

/** What a status means that is not 2xx: docs/internal-systems.md has the table. */
function refusal(reply: EndpointReply, order: Order): SyncError {
  const { statusCode } = reply;
  const said = wordsOf(reply, order);
  const answered = `The endpoint answered HTTP ${statusCode}`;
  if (statusCode === 409) {
    return new SyncError('write_rejected', `${answered}: it holds a newer revision of this order${said}.`, {
      remedy:
        'Does another order-sync write there, or was the ledger restored from a backup? Let its revisions start over there.',
    });
  }
  if (statusCode === 400 || statusCode === 413 || statusCode === 422) {
    return new SyncError(
      'write_rejected',
      `The endpoint refused the order (HTTP ${statusCode})${said || ', and did not say why'}.`,
    );
  }
  if (statusCode === 408 || statusCode === 425 || statusCode === 500 || statusCode === 504) {
    return new SyncError('write_failed', `${answered}${said}.`, { isOver: isOver(reply) });
  }
  return statusCode === 429 || statusCode > 500 ? busy(reply, said) : misconfigured(reply, said);
}

/** Nobody's order is taken now. Maintenance (503) tends to end before the time that it names. */
export function busy(reply: EndpointReply, said = ''): SyncError {
  const retryAfter = retryAfterMs(header(reply, 'retry-after'), header(reply, 'date'));
  return new SyncError('internal_system_unavailable', `The endpoint answered HTTP ${reply.statusCode}${said}.`, {
    retryAfterMs: retryAfter,
    mayEndSooner: reply.statusCode !== 429,
    isOver: isOver(reply),
  });
}

/** The set-up is wrong, for every order: also where the address is another one's. @param said what the endpoint says */
export function misconfigured({ statusCode }: EndpointReply, said = ''): SyncError {
  const isRefusal = statusCode === 401 || statusCode === 403;
  const finding = isRefusal
    ? `The endpoint refused the signature or the token (HTTP ${statusCode})${said}.`
    : `There is no endpoint at this address: it answered HTTP ${statusCode}${said}.`;
  const remedy = isRefusal
    ? 'Does it have the same INTERNAL_SYSTEM_HTTP_SECRET and INTERNAL_SYSTEM_HTTP_TOKEN, and does its clock tell the right time?'
    : isRedirect(statusCode)
      ? 'Redirects are not followed: set INTERNAL_SYSTEM_HTTP_URL to the final address.'
      : 'Check INTERNAL_SYSTEM_HTTP_URL, and that a PUT is taken there.';
  const reason = isRefusal ? 'internal_system_refused_credentials' : 'internal_system_unavailable';
  return new SyncError(reason, finding, { remedy, isOver: true });
}

/** A login form, or a parked domain, with status 200: nothing has been written. */
export function notTheEndpoint({ statusCode }: EndpointReply): SyncError {
  const finding = `The endpoint answered HTTP ${statusCode} with a web page.`;
  const remedy = 'Is INTERNAL_SYSTEM_HTTP_URL its address, and does nothing ask for a login there?';
  return new SyncError('internal_system_unavailable', finding, { remedy, isOver: true });
}

/** A gateway that gave up does not know whether the endpoint is still at it. */
function isOver({ statusCode }: EndpointReply): boolean {
  return statusCode !== 502 && statusCode !== 504;
}

export function isWebPage(body: string): boolean {
  return /^\s*(?:<!doctype html|<html)\b/i.test(body);
}

function isRedirect(statusCode: number): boolean {
  return statusCode >= 300 && statusCode < 400;
}

/** `: its own words`; empty if it sends no JSON with an `error`. */
function wordsOf({ body }: EndpointReply, order: Order): string {
  const { data } = refused.safeParse(jsonOf(body));
  const words = data === undefined ? '' : withoutPersonal(data.error, order).replace(/\.$/, '');
  return words === '' ? '' : `: ${words}`;
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
