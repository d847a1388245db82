import { describe, expect, test } from 'vitest';
import { aServer, bearer, type Headers } from './helpers/a-server.ts';

const SECRET = 'the-secret-of-the-proxy';
const PROXY = { userHeader: 'X-Forwarded-User', secret: SECRET, operators: ['li.wei', '王芳'] };
const PROVEN = { 'x-order-sync-proxy-secret': SECRET };

describe('people whom a proxy has signed in', () => {
  test('are believed from the proxy alone: no header without its secret, none twice, none that is empty', async () => {
    const { ask } = await aServer({ proxy: PROXY, token: 'o'.repeat(16) });
    const user = (name: string) => ({ ...PROVEN, 'x-forwarded-user': name });
    expect(JSON.parse((await ask('/viewer', user('li.wei'))).body)).toEqual({
      name: 'li.wei',
      role: 'operator',
      via: 'proxy',
    });
    expect((await ask('/operator', user('li.wei'))).status).toBe(200);
    const utf8 = Buffer.from('王芳').toString('latin1');
    expect(JSON.parse((await ask('/operator', user(utf8))).body)).toMatchObject({ name: '王芳', role: 'operator' });
    const zhao = await ask('/operator', user('zhao'));
    expect([zhao.status, zhao.body]).toEqual([403, expect.stringContaining('OPS_OPERATORS')]);
    expect((await ask('/viewer', user('zhao'))).status).toBe(200);
    const spoofed: readonly (readonly [string, Headers])[] = [
      ['no secret', [['X-Forwarded-User', 'li.wei']]],
      [
        'a wrong secret',
        [
          ['X-Forwarded-User', 'li.wei'],
          ['X-Order-Sync-Proxy-Secret', `${SECRET}x`],
        ],
      ],
      [
        'an empty secret',
        [
          ['X-Forwarded-User', 'li.wei'],
          ['X-Order-Sync-Proxy-Secret', ''],
        ],
      ],
      ['two secrets', [['X-Forwarded-User', 'li.wei'], ...secrets(SECRET, SECRET)]],
      ['a secret beside a wrong one', [['X-Forwarded-User', 'li.wei'], ...secrets('wrong', SECRET)]],
      ['nobody', [['X-Order-Sync-Proxy-Secret', SECRET]]],
      [
        'an empty name',
        [
          ['X-Forwarded-User', ''],
          ['X-Order-Sync-Proxy-Secret', SECRET],
        ],
      ],
      [
        'blanks',
        [
          ['X-Forwarded-User', '  '],
          ['X-Order-Sync-Proxy-Secret', SECRET],
        ],
      ],
      [
        'two names',
        [
          ['X-Forwarded-User', 'zhao'],
          ['x-forwarded-user', 'li.wei'],
          ['X-Order-Sync-Proxy-Secret', SECRET],
        ],
      ],
      [
        'two names in one',
        [
          ['X-Forwarded-User', 'li.wei, zhao'],
          ['X-Order-Sync-Proxy-Secret', SECRET],
        ],
      ],
      [
        'a look-alike',
        [
          ['X_Forwarded_User', 'li.wei'],
          ['X-Order-Sync-Proxy-Secret', SECRET],
        ],
      ],
      [
        'another header',
        [
          ['Remote-User', 'li.wei'],
          ['X-Order-Sync-Proxy-Secret', SECRET],
        ],
      ],
      [
        'bytes that are no text',
        [
          ['X-Forwarded-User', 'li.wei\xff'],
          ['X-Order-Sync-Proxy-Secret', SECRET],
        ],
      ],
      ['the secret as a token', [['Authorization', `Bearer ${SECRET}`]]],
    ];
    for (const [what, headers] of spoofed) expect((await ask('/viewer', headers)).status, what).toBe(401);
    // Names are compared as they are.
    expect((await ask('/operator', user('Li.Wei'))).status).toBe(403);
  });

  test('come from where the proxy says, which nobody else is believed', async () => {
    const { ask } = await aServer({ proxy: PROXY, token: 'o'.repeat(16) });
    const li = { ...PROVEN, 'x-forwarded-user': 'li.wei' };
    const from = async (headers: Record<string, string>) => (await ask('/viewer', headers)).address;
    expect(await from({ ...li, 'x-forwarded-for': '203.0.113.7' })).toBe('203.0.113.7');
    expect(await from({ ...li, 'x-forwarded-for': '10.0.0.1, 2001:db8::7' })).toBe('2001:db8::7');
    expect(await from({ ...li, 'x-forwarded-for': 'li.wei' })).toBe('127.0.0.1');
    expect(await from({ ...bearer('o'.repeat(16)), 'x-forwarded-for': '203.0.113.7' })).toBe('127.0.0.1');
    expect(await from(li)).toBe('127.0.0.1');
  });

  test('come before a token that the proxy passes on; beside them, tokens and sessions work as ever', async () => {
    const { ask, signedIn } = await aServer({ proxy: PROXY, token: 'o'.repeat(16) });
    const passedOn = { ...PROVEN, 'x-forwarded-user': 'zhao', ...bearer('eyJ.an-id-token.x') };
    expect(JSON.parse((await ask('/viewer', passedOn)).body)).toMatchObject({ name: 'zhao', role: 'viewer' });
    expect((await ask('/operator', bearer('o'.repeat(16)))).status).toBe(200);
    const cookie = signedIn('o'.repeat(16));
    expect((await ask('/operator', { cookie })).status).toBe(200);
    // A session does not make somebody an operator whom the proxy knows as a viewer.
    expect((await ask('/operator', { ...passedOn, cookie })).status).toBe(403);
  });

  test('act from our own page alone: a request that does not name its origin is refused, a token or not', async () => {
    const { ask } = await aServer({ proxy: PROXY });
    const li = { ...PROVEN, 'x-forwarded-user': 'li.wei' };
    const act = async (headers: Record<string, string>) =>
      (await ask('/operator', { ...li, ...headers }, 'POST')).status;
    expect(await act({ 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await act({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await act({ origin: 'https://evil.example' })).toBe(403);
    expect(await act({})).toBe(403);
    expect(await act(bearer('passed-on-by-the-proxy'))).toBe(403);
  });

  test('are asked for also where there is no token at all: nobody gets in past the proxy', async () => {
    const { ask } = await aServer({ proxy: PROXY });
    for (const path of ['/viewer', '/operator', '/metrics']) expect((await ask(path)).status, path).toBe(401);
    expect(await ask('/readyz')).toMatchObject({ status: 200 });
  });
});

function secrets(...values: readonly string[]): Headers {
  return values.map((value) => ['X-Order-Sync-Proxy-Secret', value] as const);
}
