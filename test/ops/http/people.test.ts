import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readPeople } from '../../../src/config/people.ts';
import { plain } from '../../../src/http/reply.ts';
import { Access, type AccessOptions } from '../../../src/ops/http/access.ts';
import { type OpsServerOptions, startOpsServer } from '../../../src/ops/ops-server.ts';
import { aPeopleFile, hash, LI, LI_TOKEN, type PeopleFile, WANG, WANG_TOKEN } from '../dashboard/helpers/people.ts';

const SECRET = 'the-secret-of-the-proxy';
const PROXY = { userHeader: 'X-Forwarded-User', secret: SECRET, operators: ['li.wei', '王芳'] };
const PROVEN = { 'x-order-sync-proxy-secret': SECRET };

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly address: unknown;
}

/** Headers as pairs, so that one may come twice. */
type Headers = readonly (readonly [string, string])[];

/** A server with a route for each role that says who asks. */
async function aServer(options: Partial<OpsServerOptions>) {
  const notes: string[] = [];
  let access: Access | undefined;
  const server = await startOpsServer({
    host: '127.0.0.1',
    port: 0,
    health: () => ({ live: true, ready: true, reason: '', since: '' }) as never,
    metrics: { contentType: 'text/plain', render: async () => '' },
    notePeople: (level, message) => void notes.push(`${level} ${message}`),
    routes: (given) => {
      access = given;
      return (['viewer', 'operator'] as const).flatMap((role) =>
        (['GET', 'POST'] as const).map((method) => ({
          method,
          path: `/${role}`,
          for: role,
          answer: ({ who, address }: { who: unknown; address: string }) =>
            plain(200, JSON.stringify(who), { 'x-address': address }),
        })),
      );
    },
    ...options,
  });
  onTestFinished(() => server.close());
  const ask = async (path: string, headers: Headers | Record<string, string> = [], method = 'GET'): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
    const all = [['host', `127.0.0.1:${server.port}`], ...pairs].flat() as string[];
    request({ host: '127.0.0.1', port: server.port, path, method, headers: all, agent: false }, (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode, body: body.trim(), address: response.headers['x-address'] }),
        reject,
      );
    })
      .on('error', reject)
      .end();
    return await promise;
  };
  const signedIn = (token: string) => {
    const signed = access?.signIn(token, '127.0.0.1', false);
    return signed === undefined || signed === 'throttled' ? '' : (signed.cookie.split(';')[0] ?? '');
  };
  return { ask, signedIn, notes, access: () => access };
}

function opened(file: PeopleFile) {
  return { path: file.path, people: readPeople(file.path, []) ?? [] };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('people with tokens of their own', () => {
  test('are known by name and role, with a token or a session, beside the holders of OPS_TOKEN and OPS_VIEWER_TOKEN', async () => {
    const people = opened(aPeopleFile(LI, WANG));
    const { ask, signedIn } = await aServer({ people, token: 'o'.repeat(16), viewerToken: 'v'.repeat(16) });
    for (const [token, name, role] of [
      [LI_TOKEN, '李伟', 'operator'],
      [WANG_TOKEN, 'wang.fang', 'viewer'],
      ['o'.repeat(16), 'operator', 'operator'],
      ['v'.repeat(16), 'viewer', 'viewer'],
    ] as const) {
      const status = role === 'operator' ? 200 : 403;
      expect(JSON.parse((await ask('/viewer', bearer(token))).body)).toEqual({ name, role, via: 'token' });
      expect((await ask('/operator', bearer(token))).status).toBe(status);
      const cookie = signedIn(token);
      expect(JSON.parse((await ask('/viewer', { cookie })).body)).toEqual({ name, role, via: 'session' });
      expect((await ask('/operator', { cookie })).status).toBe(status);
    }
    expect((await ask('/viewer', bearer(hash(LI_TOKEN)))).status).toBe(401);
    expect((await ask('/viewer')).status).toBe(401);
  });

  test('nobody forges a session from the file, nor takes another name or role', async () => {
    const people = opened(aPeopleFile(LI, WANG));
    const { ask, signedIn } = await aServer({ people, sessionSecret: 's'.repeat(32) });
    const other = await aServer({ people, sessionSecret: 'another-secret-of-32-characters-!' });
    const same = await aServer({ people, sessionSecret: 's'.repeat(32) });
    const random = await aServer({ people });
    const mine = signedIn(WANG_TOKEN);
    expect((await ask('/viewer', { cookie: mine })).status).toBe(200);
    // A restart with the same secret keeps it; another secret, or none, does not.
    expect((await same.ask('/viewer', { cookie: mine })).status).toBe(200);
    expect((await other.ask('/viewer', { cookie: mine })).status).toBe(401);
    expect((await random.ask('/viewer', { cookie: mine })).status).toBe(401);
    const another = await aServer({ people });
    expect((await random.ask('/viewer', { cookie: another.signedIn(WANG_TOKEN) })).status).toBe(401);
    const li = encodeURIComponent('李伟');
    for (const forged of [
      mine.replace('wang.fang', li),
      mine.replace('wang.fang', 'operator'),
      mine.replace(/\.(\d+)\./, '.9999999999999.'),
      `${mine.split('=')[0]}=${li}.9999999999999.${'A'.repeat(43)}`,
    ]) {
      expect((await ask('/viewer', { cookie: forged })).status, forged).toBe(401);
    }
  });

  test('two daemons on one machine do not sign people out of each other, unless they share their sessions', () => {
    const people = opened(aPeopleFile(LI));
    const cookieName = (options: Partial<AccessOptions>) => {
      const signed = new Access({ host: '127.0.0.1', port: 1, people, ...options }).signIn(
        LI_TOKEN,
        '127.0.0.1',
        false,
      );
      return signed === undefined || signed === 'throttled' ? undefined : signed.cookie.split('=')[0];
    };
    expect(cookieName({})).toMatch(/^order-sync-\w+$/);
    expect(cookieName({})).toBe(cookieName({}));
    expect(cookieName({ port: 2 })).not.toBe(cookieName({}));
    const sessionSecret = 's'.repeat(32);
    expect(cookieName({ port: 2, sessionSecret })).toBe(cookieName({ sessionSecret }));
  });

  test('somebody who leaves the file is out, with token and session; the others stay', async () => {
    const file = aPeopleFile(LI, WANG);
    const { ask, signedIn, notes, access } = await aServer({ people: opened(file) });
    const [li, wang] = [signedIn(LI_TOKEN), signedIn(WANG_TOKEN)];
    let changes = 0;
    access()?.people.onChange(() => {
      changes += 1;
    });
    file.write(LI, `zhao viewer ${hash('a token that is new')}`);
    await expect.poll(async () => (await ask('/viewer', { cookie: wang })).status).toBe(401);
    expect((await ask('/viewer', bearer(WANG_TOKEN))).status).toBe(401);
    expect((await ask('/operator', { cookie: li })).status).toBe(200);
    expect((await ask('/viewer', bearer('a token that is new'))).status).toBe(200);
    expect(notes).toEqual(['info OPS_TOKENS_FILE: read again: 李伟 (operator), zhao (viewer)']);
    expect(changes).toBe(1);
    // Another role is another person.
    file.write(LI.replace('operator', 'viewer'));
    await expect.poll(async () => (await ask('/operator', { cookie: li })).status).toBe(401);
    expect((await ask('/operator', bearer(LI_TOKEN))).status).toBe(403);
  });

  test('a mistake in the changed file keeps everybody, and is told once in the log and in /readyz', async () => {
    const file = aPeopleFile(LI, WANG);
    const { ask, signedIn, notes } = await aServer({ people: opened(file) });
    const cookie = signedIn(WANG_TOKEN);
    file.write(LI, 'zhao viewer a-very-secret-token');
    await expect.poll(() => notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      /^error OPS_TOKENS_FILE: line 2 of .*people.txt": what stands behind zhao viewer is not the hash/,
    );
    expect((await ask('/viewer', { cookie })).status).toBe(200);
    const ready = await ask('/readyz', { cookie });
    expect([ready.status, JSON.parse(ready.body)]).toEqual([
      200,
      { ready: true, warnings: [expect.stringContaining('OPS_TOKENS_FILE: line 2')] },
    ]);
    expect(JSON.parse((await ask('/readyz')).body)).toEqual({ ready: true });
    expect(`${notes}${ready.body}`).not.toContain('secret-token');
    file.write();
    await expect.poll(() => notes).toHaveLength(2);
    file.write(LI, WANG);
    await expect.poll(() => notes).toHaveLength(3);
    expect(notes[2]).toBe('info OPS_TOKENS_FILE: the mistake is gone.');
    expect(JSON.parse((await ask('/readyz', { cookie })).body)).toEqual({ ready: true });
    expect((await ask('/viewer', { cookie })).status).toBe(200);
  });
});

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
