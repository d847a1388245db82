import { auth, type Settings } from '../../toolkit/index.ts';

const HEADER = 'X-Shopify-Access-Token';

/** An app of today gets a token for a day with its id and secret; one made in the admin, before 2026, has one for good. */
export function credentials(settings: Settings, baseUrl: string): auth.Auth {
  const id = settings.secret('SHOP_KEY', null);
  if (id === null) return auth.header(HEADER, settings.secret('SHOP_TOKEN'));
  return auth.clientCredentials({
    url: baseUrl.replace(/\/admin\/api\/.*$/, '/admin/oauth/access_token'),
    id,
    secret: settings.secret('SHOP_SECRET'),
    remedy:
      "Check SHOP_KEY and SHOP_SECRET, and that the app is installed in the shop and of the shop's own organization.",
    sign: (request, token) => auth.withHeader(request, HEADER, token),
  });
}
