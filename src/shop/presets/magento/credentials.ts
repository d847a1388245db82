import { auth, type Settings, SyncError } from '../../toolkit/index.ts';

/** An admin's token is good for four hours, unless the shop is set otherwise. */
const TOKEN_LIFETIME_MS = 4 * 3_600_000;

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
  return auth.session({
    names: ['SHOP_USERNAME', password.name],
    login: async (send) => {
      password.reread();
      const json = { username, password: password.value };
      const url = new URL(`${baseUrl}/integration/admin/token`);
      const reply = await send({ method: 'POST', url, query: [], headers: {}, body: { json } });
      if (reply.statusCode !== 200 || typeof reply.json !== 'string') throw refusal(reply.statusCode);
      return { token: reply.json, lifetimeMs: TOKEN_LIFETIME_MS };
    },
    sign: (request, token) => auth.withHeader(request, 'authorization', `Bearer ${token}`),
  });
}

function refusal(statusCode: number): SyncError {
  const finding = `Magento refused the login (HTTP ${statusCode}).`;
  if (statusCode === 401) {
    const remedy = 'Check SHOP_USERNAME and SHOP_PASSWORD.';
    return new SyncError('shop_refused_credentials', finding, { remedy });
  }
  if (statusCode === 400) {
    const remedy = 'Where admins have two factors, take an integration: SHOP_CONSUMER_KEY and its three companions.';
    return new SyncError('shop_refused_credentials', finding, { remedy });
  }
  const outage = { outageOf: 'shop', remedy: 'Is SHOP_BASE_URL right?' } as const;
  return new SyncError('shop_error', finding, statusCode === 404 ? outage : {});
}
