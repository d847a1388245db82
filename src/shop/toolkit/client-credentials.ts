import { at } from '../../client/at.ts';
import { type Auth, withHeader } from '../../client/auth.ts';
import { session } from '../../client/login.ts';
import type { ApiRequest } from '../../client/request.ts';
import type { Secret } from '../../settings/secret.ts';
import { loginFailure } from './login-failure.ts';

export interface ClientCredentials {
  /** The address that gives out tokens. */
  readonly url: string;
  readonly id: Secret;
  readonly secret: Secret;
  /** What to do when the shop gives out none. */
  readonly remedy: string;
  /** Adds the token to a request. @defaultValue `Authorization: Bearer <token>` */
  readonly sign?: (request: ApiRequest, token: string) => ApiRequest;
}

/** OAuth 2.0's client credentials (RFC 6749, section 4.4): an id and a secret bring a token that is good for a while. */
export function clientCredentials({ url, id, secret, remedy, sign = asBearer }: ClientCredentials): Auth {
  const names = [id.name, secret.name];
  return session({
    names,
    sign,
    login: async (send) => {
      id.reread();
      secret.reread();
      const form = [
        ['grant_type', 'client_credentials'],
        ['client_id', id.value],
        ['client_secret', secret.value],
      ] as const;
      const address = new URL(url);
      const reply = await send({ method: 'POST', url: address, query: [], headers: {}, body: { form } });
      const [token, lifetime] = [at(reply.json, 'access_token'), at(reply.json, 'expires_in')];
      if (reply.statusCode !== 200 || typeof token !== 'string') throw loginFailure(reply, address, names, remedy);
      return typeof lifetime === 'number' ? { token, lifetimeMs: lifetime * 1000 } : { token };
    },
  });
}

function asBearer(request: ApiRequest, token: string): ApiRequest {
  return withHeader(request, 'authorization', `Bearer ${token}`);
}
