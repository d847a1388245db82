import type { EndpointConnections } from './exchange.ts';
import { addressOf, hasPlaceholder } from './message.ts';
import { busy, isWebPage, misconfigured, notTheEndpoint } from './reply.ts';

/** What stands in the address in place of an order: a name that no order has. */
const NO_ORDER = { orderNumber: 'order-sync-check', shopOrderId: 'order-sync-check' };

/** Of the method, or of a body without an order. */
const TAKES_NO_GET = new Set([400, 405, 415, 422, 501]);

/**
 * Asks the endpoint with a signed GET, which writes nothing. One that takes only PUT, or has no such order, is there;
 * whether it accepts the signature, the first order shows.
 *
 * @throws SyncError
 */
export async function probe(
  connections: EndpointConnections,
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const reply = await connections.send({ method: 'GET', address: addressOf(url, NO_ORDER), headers }, signal);
  const { statusCode, body } = reply;
  if (statusCode < 300) {
    if (isWebPage(body)) throw notTheEndpoint(reply);
    return;
  }
  if (statusCode === 404 && hasPlaceholder(url)) return;
  if (!TAKES_NO_GET.has(statusCode)) throw statusCode === 429 || statusCode >= 500 ? busy(reply) : misconfigured(reply);
}
