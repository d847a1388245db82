import type { Secret } from '../settings/secret.ts';
import type { Reply } from './json-http.ts';
import type { ApiRequest, Pair } from './request.ts';

/** Sends a request as it is, without credentials. The reply is given whatever its status. */
export type Send = (request: ApiRequest) => Promise<Reply>;

/** How a request proves who sends it. */
export interface Auth {
  /** The settings that it takes the credentials from, for messages. */
  readonly names: readonly string[];
  /** Grows when the credentials change: a request that was refused with older ones is sent again. */
  readonly version: number;
  sign(request: ApiRequest, send: Send): ApiRequest | Promise<ApiRequest>;
  /** The server has refused the credentials. @returns whether there are others now */
  renew(): boolean;
}

/** Credentials that a request carries with it; a secret from a file may be rotated. */
export function signedWith(secrets: readonly Secret[], sign: (request: ApiRequest) => ApiRequest): Auth {
  let version = 0;
  return {
    names: secrets.map(({ name }) => name),
    get version() {
      return version;
    },
    sign,
    renew() {
      const changed = secrets.filter((secret) => secret.reread());
      if (changed.length > 0) version += 1;
      return changed.length > 0;
    },
  };
}

/** `Authorization: Bearer <token>` */
export function bearer(token: Secret): Auth {
  return signedWith([token], (request) => withHeader(request, 'authorization', `Bearer ${token.value}`));
}

/** `Authorization: Basic …`; without a password, the user name alone is the key (Medusa). */
export function basic(user: Secret, password?: Secret): Auth {
  return signedWith(password === undefined ? [user] : [user, password], (request) => {
    const pair = `${user.value}:${password?.value ?? ''}`;
    return withHeader(request, 'authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  });
}

/** A header of its own: `X-Shopify-Access-Token: <token>`. */
export function header(name: string, token: Secret): Auth {
  return signedWith([token], (request) => withHeader(request, name, token.value));
}

/** A parameter of the address. It ends up in the logs of whatever is in between: for servers that know no better. */
export function query(name: string, token: Secret): Auth {
  return signedWith([token], (request) => withQuery(request, [[name, token.value]]));
}

export function withHeader(request: ApiRequest, name: string, value: string): ApiRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

export function withQuery(request: ApiRequest, pairs: readonly Pair[]): ApiRequest {
  return { ...request, query: [...request.query, ...pairs] };
}
