import { SyncError } from '../../errors.ts';
import type { Reply } from '../http/shop-http.ts';
import { type Auth, withHeader } from './auth.ts';
import { session } from './login.ts';
import { loginFailure } from './login-failure.ts';
import type { Settings } from './settings.ts';

export interface PasswordLogin {
  readonly url: string;
  /** What is posted there, as JSON. */
  readonly body: (username: string, password: string) => unknown;
  /** The token in the reply; anything but text if it was refused. */
  readonly token: (reply: Reply) => unknown;
  /** How long it is good for, in ms. @defaultValue until it is refused */
  readonly lifetimeMs?: number;
  /** What to do about a login that is refused as a bad request. */
  readonly remedy?: string;
}

/** A session for SHOP_USERNAME and SHOP_PASSWORD. Its token goes along as a bearer; when it is refused, there is a new login. */
export function passwordLogin(settings: Settings, options: PasswordLogin): Auth {
  const {
    body,
    token,
    lifetimeMs = Number.POSITIVE_INFINITY,
    remedy = 'Check SHOP_USERNAME and SHOP_PASSWORD.',
  } = options;
  const [username, password] = [settings.secret('SHOP_USERNAME'), settings.secret('SHOP_PASSWORD')];
  const names = [username.name, password.name];
  return session({
    names,
    login: async (send) => {
      username.reread();
      password.reread();
      const url = new URL(options.url);
      const json = body(username.value, password.value);
      const reply = await send({ method: 'POST', url, query: [], headers: {}, body: { json } });
      const found = token(reply);
      if (typeof found === 'string' && found !== '') return { token: found, lifetimeMs };
      if (reply.statusCode !== 200) throw loginFailure(reply, url, names, remedy);
      throw new SyncError('shop_refused_credentials', 'The shop refused SHOP_USERNAME and SHOP_PASSWORD.');
    },
    sign: (request, found) => withHeader(request, 'authorization', `Bearer ${found}`),
  });
}
