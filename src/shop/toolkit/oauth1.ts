import { createHmac, randomUUID } from 'node:crypto';
import { type Auth, signedWith, withHeader } from '../../client/auth.ts';
import { type ApiRequest, type Pair, percentEncode } from '../../client/request.ts';
import type { Secret } from '../../settings/secret.ts';

export interface OAuth1Secrets {
  readonly consumerKey: Secret;
  readonly consumerSecret: Secret;
  readonly accessToken: Secret;
  readonly accessTokenSecret: Secret;
}

/** OAuth 1.0a (RFC 5849) with HMAC-SHA256, as Magento wants it. */
export function oauth1(secrets: OAuth1Secrets, clock: () => number = Date.now, nonce: () => string = randomUUID): Auth {
  return signedWith(Object.values(secrets), (request) => {
    const parameters: Pair[] = [
      ['oauth_consumer_key', secrets.consumerKey.value],
      ['oauth_nonce', nonce()],
      ['oauth_signature_method', 'HMAC-SHA256'],
      ['oauth_timestamp', String(Math.floor(clock() / 1000))],
      ['oauth_token', secrets.accessToken.value],
      ['oauth_version', '1.0'],
    ];
    const key = `${percentEncode(secrets.consumerSecret.value)}&${percentEncode(secrets.accessTokenSecret.value)}`;
    const signature = createHmac('sha256', key).update(baseString(request, parameters)).digest('base64');
    const fields = [...parameters, ['oauth_signature', signature] as const];
    const list = fields.map(([name, value]) => `${percentEncode(name)}="${percentEncode(value)}"`).join(', ');
    return withHeader(request, 'authorization', `OAuth ${list}`);
  });
}

/** Method, address and all parameters, sorted by their encoded names, then by their encoded values. */
function baseString({ method, url, query, body }: ApiRequest, parameters: readonly Pair[]): string {
  const form = body !== undefined && 'form' in body ? body.form : [];
  const sorted = [...query, ...form, ...parameters]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return [method, url.origin + url.pathname, sorted].map(percentEncode).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
