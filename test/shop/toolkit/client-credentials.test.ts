import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/client/json-http.ts';
import type { ApiRequest } from '../../../src/client/request.ts';
import { clientCredentials } from '../../../src/shop/toolkit/client-credentials.ts';

const REQUEST: ApiRequest = { method: 'GET', url: new URL('https://shop.example/orders'), query: [], headers: {} };

function aSecret(name: string, value: string) {
  return { name, value, reread: () => false };
}

function someCredentials(reply: Partial<Reply>) {
  const sent: ApiRequest[] = [];
  const auth = clientCredentials({
    url: 'https://shop.example/token',
    id: aSecret('SHOP_KEY', 'an-id'),
    secret: aSecret('SHOP_SECRET', 'a-secret'),
    remedy: 'Is the app installed?',
  });
  const sign = async () =>
    auth.sign(REQUEST, async (request) => {
      sent.push(request);
      return { statusCode: 200, headers: {}, json: undefined, ...reply };
    });
  return { sent, sign };
}

describe('client credentials', () => {
  it('bring a token, which requests carry until it ends', async () => {
    const { sent, sign } = someCredentials({ json: { access_token: 'a-token', expires_in: 3_600 } });

    expect((await sign()).headers).toEqual({ authorization: 'Bearer a-token' });
    expect((await sign()).headers).toEqual({ authorization: 'Bearer a-token' });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: new URL('https://shop.example/token'),
      body: {
        form: [
          ['grant_type', 'client_credentials'],
          ['client_id', 'an-id'],
          ['client_secret', 'a-secret'],
        ],
      },
    });
  });

  it('bring a token for good where the shop does not say how long', async () => {
    const { sent, sign } = someCredentials({ json: { access_token: 'a-token' } });
    await sign();
    await sign();
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Partial<Reply>, object]>([
    ['refused', { statusCode: 400 }, { reason: 'shop_refused_credentials', kind: 'outage' }],
    ['refused by another status', { statusCode: 401 }, { reason: 'shop_refused_credentials', kind: 'outage' }],
    ['not known there', { statusCode: 404 }, { reason: 'shop_error', kind: 'outage' }],
    ['too many', { statusCode: 429 }, { reason: 'shop_rate_limited' }],
    ['answered with an error', { statusCode: 500 }, { reason: 'shop_error', kind: 'transient' }],
    ['answered without a token', { json: {} }, { reason: 'shop_bad_reply' }],
  ])('say so when they are %s', async (_, reply, expected) => {
    const { sign } = someCredentials(reply);
    const error: unknown = await sign().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject(expected);
    expect(String(error)).not.toContain('a-secret');
  });

  it('are asked for anew after a refusal, and say what to do about it', async () => {
    const { sent, sign } = someCredentials({ statusCode: 400 });
    await expect(sign()).rejects.toThrow('Is the app installed?');
    await expect(sign()).rejects.toThrow('Is the app installed?');
    expect(sent).toHaveLength(2);
  });
});
