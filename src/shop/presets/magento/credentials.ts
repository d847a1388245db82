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
  if (settings.secret('SHOP_USERNAME', null) === null) return auth.bearer(settings.secret('SHOP_TOKEN'));
  return auth.passwordLogin(settings, `${baseUrl}/integration/admin/token`, {
    body: (username, password) => ({ username, password }),
    token: ({ statusCode, json }) => (statusCode === 200 ? json : undefined),
    lifetimeMs: TOKEN_LIFETIME_MS,
    remedy: TWO_FACTORS,
  });
}
