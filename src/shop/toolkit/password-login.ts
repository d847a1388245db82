import { at } from '../../client/at.ts';
import { type Auth, withHeader } from '../../client/auth.ts';
import type { Reply } from '../../client/json-http.ts';
import { session } from '../../client/login.ts';
import type { Settings } from '../../client/settings.ts';
import { SyncError } from '../../errors.ts';
import { loginFailure } from './login-failure.ts';

export interface PasswordLogin {
  /** What is posted, as JSON. */
  readonly body: (username: string, password: string) => unknown;
  /** The token in the reply; anything but text if the login was refused. */
  readonly token: (reply: Reply) => unknown;
  /** How long it is good for, in ms. @defaultValue until it is refused */
  readonly lifetimeMs?: number;
  /** What to do about a login that is refused as a bad request. */
  readonly remedy?: string;
}

/** A session for SHOP_USERNAME and SHOP_PASSWORD. Its token goes along as a bearer; when it is refused, there is a new login. */
export function passwordLogin(settings: Settings, url: string, options: PasswordLogin): Auth {
  const { body, token, lifetimeMs = Number.POSITIVE_INFINITY, remedy = REMEDY } = options;
  const [username, password] = [settings.secret('SHOP_USERNAME'), settings.secret('SHOP_PASSWORD')];
  const names = [username.name, password.name];
  return session({
    names,
    login: async (send) => {
      username.reread();
      password.reread();
      const address = new URL(url);
      const json = body(username.value, password.value);
      const reply = await send({ method: 'POST', url: address, query: [], headers: {}, body: { json } });
      const found = token(reply);
      if (typeof found === 'string' && found !== '') return { token: found, lifetimeMs };
      if (reply.statusCode !== 200) throw loginFailure(reply, address, names, remedy);
      throw new SyncError('shop_refused_credentials', 'The shop refused the login.', { remedy: REMEDY });
    },
    sign: (request, found) => withHeader(request, 'authorization', `Bearer ${found}`),
  });
}

const REMEDY = 'Check SHOP_USERNAME and SHOP_PASSWORD.';

export interface GraphqlLogin {
  /** Takes the variables `$u` and `$p`. */
  readonly mutation: string;
  /** What is only there if the login succeeded: `login.id`. */
  readonly proof: string;
  /** The header of the reply that carries the token. */
  readonly header: string;
}

/** The same by a GraphQL mutation. */
export function graphqlLogin(settings: Settings, url: string, { mutation, proof, header }: GraphqlLogin): Auth {
  return passwordLogin(settings, url, {
    body: (u, p) => ({ query: mutation, variables: { u, p } }),
    token: ({ json, headers }) => (at(json, `data.${proof}`) === undefined ? undefined : headers[header]),
  });
}
