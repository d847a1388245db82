import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** As the Standard Webhooks specification has a receiver do it, written without the code under test. */
export function isGenuine({ headers, body }: { headers: IncomingHttpHeaders; body: string }, secret: string): boolean {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  const found = Buffer.from(String(headers['webhook-signature']));
  return found.length === expected.length && timingSafeEqual(found, expected);
}
