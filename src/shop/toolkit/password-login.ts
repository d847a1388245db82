import { SyncError } from '../../errors.ts';
import type { Reply } from '../http/shop-http.ts';
import { type Auth, withHeader } from './auth.ts';
import { session } from './login.ts';
import type { Settings } from './settings.ts';

export interface PasswordLogin {
  readonly url: string;
  /** What is posted there, as JSON. */
  readonly body: (username: string, password: string) => unknown;
  /** The token in the reply; anything but text if it was refused. */
  readonly token: (reply: Reply) => unknown;
}

/** A session for SHOP_USERNAME and SHOP_PASSWORD. Its token goes along as a bearer; when it is refused, there is a new login. */
export function passwordLogin(settings: Settings, { url, body, token }: PasswordLogin): Auth {
  const [username, password] = [settings.secret('SHOP_USERNAME'), settings.secret('SHOP_PASSWORD')];
  return session({
    names: [username.name, password.name],
    login: async (send) => {
      const json = body(username.value, password.value);
      const reply = await send({ method: 'POST', url: new URL(url), query: [], headers: {}, body: { json } });
      const found = token(reply);
      if (typeof found === 'string' && found !== '') return { token: found };
      throw new SyncError('shop_refused_credentials', 'The shop refused SHOP_USERNAME and SHOP_PASSWORD.');
    },
    sign: (request, found) => withHeader(request, 'authorization', `Bearer ${found}`),
  });
}
