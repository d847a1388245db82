import { createHmac } from 'node:crypto';

/** As Standard Webhooks writes a secret: 24 to 64 bytes in base64, so that nobody takes a password for one. */
const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;

export const SECRET_FORM =
  'whsec_ and 24 to 64 random bytes in base64, as this command makes it: echo "whsec_$(openssl rand -base64 32)"';

/** The bytes of a secret; undefined if it is none. */
export function secretKey(secret: string): Buffer | undefined {
  const [, base64] = SECRET.exec(secret.trim()) ?? [];
  const key = base64 === undefined ? Buffer.alloc(0) : Buffer.from(base64, 'base64');
  return key.length >= 24 && key.length <= 64 ? key : undefined;
}

/**
 * The headers by which a receiver knows who sent a message and when: Standard Webhooks 1.0, HMAC-SHA256.
 *
 * @param id the same for each attempt; without a full stop, which separates what is signed
 */
export function signatureHeaders(key: Buffer, id: string, body: string, at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
