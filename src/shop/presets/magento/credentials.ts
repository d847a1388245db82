import { auth, type Settings } from '../../toolkit/index.ts';

/** An admin's token is good for four hours, unless the shop is set otherwise. */
const TOKEN_LIFETIME_MS = 4 * 3_600_000;

const TWO_FACTORS =
  'Where admins have two factors, take an integration instead: SHOP_CONSUMER_KEY and its three companions.';

/** An integration signs its requests, an admin logs in. A token that stands alone works only where the shop allows it. */
export function credentials(settings: Settings, baseUrl: string): auth.Auth {
  const consumerKey = settings.secret('SHOP_CONSUMER_KEY', null);
  if (consumerKey !== null) {
    return auth.oauth1({
      consumerKey,
      consumerSecret: settings.secret('SHOP_CONSUMER_SECRET'),
      accessToken: settings.secret('SHOP_ACCESS_TOKEN'),
      accessTokenSecret: settings.secret('SHOP_ACCESS_TOKEN_SECRET'),
    });
  }
  const username = settings.text('SHOP_USERNAME', null);
  return username === null ? auth.bearer(settings.secret('SHOP_TOKEN')) : admin(settings, baseUrl, username);
}

function admin(settings: Settings, baseUrl: string, username: string): auth.Auth {
  const password = settings.secret('SHOP_PASSWORD');
  const names = ['SHOP_USERNAME', password.name];
  return auth.session({
    names,
    login: async (send) => {
      password.reread();
      const json = { username, password: password.value };
      const url = new URL(`${baseUrl}/integration/admin/token`);
      const reply = await send({ method: 'POST', url, query: [], headers: {}, body: { json } });
      if (reply.statusCode !== 200 || typeof reply.json !== 'string') {
        throw auth.loginFailure(reply, url, names, TWO_FACTORS);
      }
      return { token: reply.json, lifetimeMs: TOKEN_LIFETIME_MS };
    },
    sign: (request, token) => auth.withHeader(request, 'authorization', `Bearer ${token}`),
  });
}
