import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { Auth } from '../../../src/client/auth.ts';
import { auth, type Secret, type ShopRequest } from '../../../src/shop/toolkit/index.ts';

function aSecret(value: string, name = 'SHOP_TOKEN'): Secret {
  return { name, value, reread: () => false };
}

const request: ShopRequest = {
  method: 'GET',
  url: new URL('https://shop.example/orders'),
  query: [['page', '2']],
  headers: {},
};

async function signed(how: Auth, given: Partial<ShopRequest> = {}): Promise<ShopRequest> {
  return await how.sign({ ...request, ...given }, async () => {
    throw new Error('expected no login');
  });
}

describe('credentials that do not change with the request', () => {
  it.each<[string, Auth, object]>([
    ['bearer', auth.bearer(aSecret('t')), { authorization: 'Bearer t' }],
    ['basic', auth.basic(aSecret('ck'), aSecret('cs')), { authorization: `Basic ${btoa('ck:cs')}` }],
    ['basic without a password', auth.basic(aSecret('sk_1')), { authorization: `Basic ${btoa('sk_1:')}` }],
    ['a header', auth.header('x-shopify-access-token', aSecret('t')), { 'x-shopify-access-token': 't' }],
  ])('%s', async (_, how, headers) => {
    expect(await signed(how)).toEqual({ ...request, headers });
  });

  it('a parameter', async () => {
    expect((await signed(auth.query('token', aSecret('t')))).query).toEqual([
      ['page', '2'],
      ['token', 't'],
    ]);
  });

  it('name their settings, and are renewed once a secret has changed', () => {
    let hasChanged = false;
    const how = auth.basic(aSecret('u', 'SHOP_KEY'), { name: 'SHOP_SECRET', value: 's', reread: () => hasChanged });
    expect(how.names).toEqual(['SHOP_KEY', 'SHOP_SECRET']);
    expect([how.renew(), how.version]).toEqual([false, 0]);
    hasChanged = true;
    expect([how.renew(), how.version]).toEqual([true, 1]);
  });
});

test('OAuth 1.0a signs method, address and all parameters, those of a form included', async () => {
  // The request of RFC 5849, section 3.4.1.1, signed by HMAC-SHA256.
  const secrets = {
    consumerKey: aSecret('9djdj82h48djs9d2'),
    consumerSecret: aSecret('j49sk3j29djd'),
    accessToken: aSecret('kkk9d7dh3k39sjv7'),
    accessTokenSecret: aSecret('dh893hdasih9'),
  };
  const how = auth.oauth1(
    secrets,
    () => 137131201_500,
    () => '7d8f3e4a',
  );
  const { headers } = await signed(how, {
    method: 'POST',
    url: new URL('http://example.com/request'),
    query: [
      ['b5', '=%3D'],
      ['a3', 'a'],
      ['c@', ''],
      ['a2', 'r b'],
    ],
    body: {
      form: [
        ['c2', ''],
        ['a3', '2 q'],
      ],
    },
  });
  const base =
    'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D' +
    '%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA256' +
    '%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7%26oauth_version%3D1.0';
  const signature = createHmac('sha256', 'j49sk3j29djd&dh893hdasih9').update(base).digest('base64');
  expect(headers['authorization']).toBe(
    'OAuth oauth_consumer_key="9djdj82h48djs9d2", oauth_nonce="7d8f3e4a", oauth_signature_method="HMAC-SHA256", ' +
      'oauth_timestamp="137131201", oauth_token="kkk9d7dh3k39sjv7", oauth_version="1.0", ' +
      `oauth_signature="${encodeURIComponent(signature)}"`,
  );
});

describe('signed parameters', () => {
  const secret = aSecret('S');
  const parameters = () => ({ app_key: 'k', timestamp: '2026-11-26 00:23:37' });
  const sorted = 'app_keykpage2timestamp2026-11-26 00:23:37';

  it.each([
    ['md5', createHash('md5').update(`S${sorted}S`).digest('hex')],
    ['hmac-md5', createHmac('md5', 'S').update(sorted).digest('hex')],
    ['hmac-sha256', createHmac('sha256', 'S').update(sorted).digest('hex')],
  ] as const)('%s is in upper-case hex, behind what it signs', async (method, expected) => {
    const { query } = await signed(auth.signedParameters({ secret, method, parameters }));
    expect(query).toEqual([
      ['page', '2'],
      ['app_key', 'k'],
      ['timestamp', '2026-11-26 00:23:37'],
      ['sign', expected.toUpperCase()],
    ]);
  });

  it('of a form are signed with it', async () => {
    const how = auth.signedParameters({ secret, method: 'md5', parameters: () => ({ b: '2' }) });
    const { body, query } = await signed(how, {
      query: [],
      body: {
        form: [
          ['c', '3'],
          ['B', '1'],
        ],
      },
    });
    const sign = createHash('md5').update('SB1b2c3S').digest('hex').toUpperCase();
    expect(body).toEqual({
      form: [
        ['c', '3'],
        ['B', '1'],
        ['b', '2'],
        ['sign', sign],
      ],
    });
    expect(query).toEqual([]);
  });

  it('take the text and the form that a platform wants', async () => {
    const how = auth.signedParameters({
      secret,
      method: 'md5',
      parameters: () => ({ nonce: 'n' }),
      name: 'signature',
      textOf: (pairs, key) => `${pairs.map(([name, value]) => `${name}=${value}`).join('&')}&key=${key}`,
      encode: (digest) => digest.toString('base64'),
    });
    const signature = createHash('md5').update('nonce=n&page=2&key=S').digest('base64');
    expect((await signed(how)).query).toContainEqual(['signature', signature]);
  });
});
