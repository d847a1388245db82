import { expect, it } from 'vitest';
import { at } from '../../../src/client/at.ts';
import type { Reply } from '../../../src/client/json-http.ts';
import type { ApiRequest } from '../../../src/client/request.ts';
import { Settings } from '../../../src/client/settings.ts';
import { passwordLogin } from '../../../src/shop/toolkit/password-login.ts';

const REQUEST: ApiRequest = { method: 'GET', url: new URL('https://shop.example/orders'), query: [], headers: {} };

function login(reply: Partial<Reply>) {
  const settings = new Settings({ SHOP_USERNAME: 'somebody', SHOP_PASSWORD: 'a-password' }, 'SHOP');
  const auth = passwordLogin(settings, 'https://shop.example/login', {
    body: (username, password) => ({ username, password }),
    token: ({ json }) => at(json, 'token'),
  });
  return Promise.resolve(auth.sign(REQUEST, async () => ({ statusCode: 200, headers: {}, json: undefined, ...reply })));
}

it('a login brings the token that requests carry', async () => {
  expect((await login({ json: { token: 'a-token' } })).headers).toEqual({ authorization: 'Bearer a-token' });
});

it.each<[string, Partial<Reply>, object]>([
  ['without a token', { json: {} }, { reason: 'shop_refused_credentials', kind: 'outage' }],
  ['with HTTP 401', { statusCode: 401 }, { reason: 'shop_refused_credentials', kind: 'outage' }],
  ['with HTTP 404', { statusCode: 404 }, { reason: 'shop_error', kind: 'outage' }],
  ['with HTTP 500, which is no refusal', { statusCode: 500 }, { reason: 'shop_error', kind: 'transient' }],
])('a login may be answered %s', async (_, reply, expected) => {
  const error: unknown = await login(reply).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject(expected);
  expect(String(error)).not.toContain('a-password');
});
