import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import {
  aDashboard,
  bearer,
  OPERATOR_TOKEN,
  type RunningDashboard,
  TOKENS,
  VIEWER_TOKEN,
} from './helpers/dashboard.ts';

const ACTIONS = [
  ['/api/dead-letters/replay', { all: true }],
  ['/api/dead-letters/discard', { all: true }],
  ['/api/reconciliation/run', { scan: 'changes' }],
  ['/api/resync/10086', {}],
] as const;

const PRIVATE = ['/api/now', '/api/live', '/api/orders/10086', '/api/dead-letters', '/api/reconciliation'];

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** Sends a request the way a program outside a browser can: `fetch` does not let a test forge Host and Origin. */
async function ask(
  dashboard: RunningDashboard,
  path: string,
  { method = 'GET', headers = {}, body }: RequestOptions = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { port } = new URL(dashboard.url);
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  request({ host: '127.0.0.1', port, path, method, headers: { ...type, ...headers }, agent: false }, resolve)
    .on('error', reject)
    .end(body === undefined ? undefined : JSON.stringify(body));
  const response = await promise;
  const { statusCode: status, headers: got } = response;
  if (got['content-type']?.startsWith('text/event-stream')) {
    response.destroy();
    return { status, headers: got, body: '' };
  }
  return { status, headers: got, body: await text(response) };
}

const act = (dashboard: RunningDashboard, path: string, body: unknown, headers: Record<string, string>) =>
  ask(dashboard, path, { method: 'POST', headers, body });

async function signIn(
  dashboard: RunningDashboard,
  token: string,
  headers: Record<string, string> = sameOrigin(dashboard),
) {
  return await act(dashboard, '/api/sign-in', { token }, headers);
}

function sameOrigin(dashboard: RunningDashboard): Record<string, string> {
  return { origin: new URL(dashboard.url).origin };
}

function cookieOf({ headers }: Answer): string {
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

describe('with tokens', () => {
  test('without one or with a wrong one, everything but the page itself is refused, looking and acting alike', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    await dashboard.bystander.publish(dashboard.workplace.queue, 'null');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    for (const headers of [{}, { cookie: 'order-sync=operator.9999999999999.x' }]) {
      for (const path of PRIVATE) expect((await ask(dashboard, path, { headers })).status, path).toBe(401);
      for (const [path, body] of ACTIONS) {
        expect((await act(dashboard, path, body, { ...headers, ...sameOrigin(dashboard) })).status, path).toBe(401);
      }
    }
    for (const [path, body] of ACTIONS)
      expect((await act(dashboard, path, body, bearer('wrong'))).status, path).toBe(401);
    expect((await ask(dashboard, '/api/now', { headers: bearer(`${OPERATOR_TOKEN}x`) })).status).toBe(401);
    expect(await dashboard.bystander.messages(`${dashboard.workplace.queue}.dead-letters`)).toBe(1);

    const page = await ask(dashboard, '/');
    expect([page.status, page.headers['content-security-policy']]).toEqual([
      200,
      expect.stringContaining("default-src 'none'"),
    ]);
    expect(JSON.parse((await ask(dashboard, '/api/session')).body)).toEqual({
      role: null,
      name: null,
      canSignOut: false,
      asksForToken: true,
      signsInElsewhere: false,
      canPause: false,
      shop: '',
      queue: '',
      version: '',
    });
  });

  test('a viewer looks and does not act; an operator does both', async () => {
    const dashboard = await aDashboard({ orders: [anOrderDocument({ orderNumber: '10086' })] }, TOKENS);
    for (const path of PRIVATE) {
      expect((await ask(dashboard, path, { headers: bearer(VIEWER_TOKEN) })).status, path).toBe(200);
    }
    for (const [path, body] of ACTIONS) {
      expect((await act(dashboard, path, body, bearer(VIEWER_TOKEN))).status, path).toBe(403);
    }
    for (const [path, body] of ACTIONS) {
      expect((await act(dashboard, path, body, bearer(OPERATOR_TOKEN))).status, path).toBeLessThan(300);
    }
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const shown = async (token: string) => (await ask(dashboard, '/api/orders/10086', { headers: bearer(token) })).body;
    expect(await shown(OPERATOR_TOKEN)).toContain('王小明');
    expect(await shown(VIEWER_TOKEN)).not.toMatch(/王小明|xiaoming|138 0000|文三路|周末|2026112222001400001/);
  });

  test('a session acts only for our own page: no other site, no other content type, no GET', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    await dashboard.bystander.publish(dashboard.workplace.queue, 'null');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const signedIn = await signIn(dashboard, OPERATOR_TOKEN);
    expect(signedIn.headers['set-cookie']?.[0]).toMatch(
      /^order-sync-\w+=operator\.[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    const cookie = cookieOf(signedIn);
    const [replay, all] = ['/api/dead-letters/replay', { all: true }];
    const origin = new URL(dashboard.url).origin;
    const refused: [string, Record<string, string>][] = [
      ['another site', { cookie, origin: 'https://evil.example' }],
      ['a page without an origin', { cookie, origin: 'null' }],
      ['another port', { cookie, origin: 'http://127.0.0.1:1' }],
      ['from nowhere', { cookie }],
      ['the browser says cross-site', { cookie, origin, 'sec-fetch-site': 'cross-site' }],
      ['the browser says same-site', { cookie, origin, 'sec-fetch-site': 'same-site' }],
      ['someone else’s token too', { ...bearer(OPERATOR_TOKEN), 'sec-fetch-site': 'cross-site' }],
    ];
    for (const [name, headers] of refused) expect((await act(dashboard, replay, all, headers)).status, name).toBe(403);
    for (const [path] of ACTIONS) {
      const got = await ask(dashboard, path, { headers: { cookie, ...sameOrigin(dashboard) } });
      if (path !== '/api/dead-letters/replay' && path !== '/api/dead-letters/discard')
        expect(got.status, path).toBe(405);
      // There, a GET asks for the dead letter of that id.
      else expect(got.status, path).toBe(404);
    }
    const asForm = await ask(dashboard, replay, {
      method: 'POST',
      headers: { cookie, origin, 'content-type': 'text/plain' },
      body: all,
    });
    expect(asForm.status).toBe(415);
    expect(await dashboard.bystander.messages(`${dashboard.workplace.queue}.dead-letters`)).toBe(1);

    const done = await act(dashboard, replay, all, { cookie, origin, 'sec-fetch-site': 'same-origin' });
    expect(JSON.parse(done.body)).toEqual({ done: 1, unmatched: [] });
    await expect.poll(() => dashboard.daemon.outcomes().length).toBe(2);
  });

  test('a cookie that was changed, has expired or belongs to another token is refused', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    const cookie = cookieOf(await signIn(dashboard, VIEWER_TOKEN));
    expect((await ask(dashboard, '/api/now', { headers: { cookie } })).status).toBe(200);
    const [name = '', value = ''] = cookie.split('=');
    const [role = '', expires = '', signature = ''] = value.split('.');
    const forged = [
      `operator.${expires}.${signature}`,
      `${role}.${expires}9.${signature}`,
      `${role}.1.${signature}`,
      `${role}.${expires}.`,
    ];
    for (const other of forged) {
      expect((await ask(dashboard, '/api/now', { headers: { cookie: `${name}=${other}` } })).status, other).toBe(401);
    }
    const another = await aDashboard(
      {},
      { OPS_TOKEN: 'a-wholly-different-token', OPS_VIEWER_TOKEN: 'and-another-for-viewing' },
    );
    const foreign = await ask(another, '/api/now', {
      headers: { cookie: `${cookieOf(await signIn(another, 'and-another-for-viewing')).split('=')[0]}=${value}` },
    });
    expect(foreign.status).toBe(401);
  });

  test('an address that guesses tokens is refused for a while, even with the right one', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    for (let tries = 0; tries < 10; tries += 1)
      expect((await signIn(dashboard, `wrong-token-number-${tries}`)).status).toBe(401);
    const throttled = await signIn(dashboard, OPERATOR_TOKEN);
    expect([throttled.status, throttled.headers['retry-after'], throttled.headers['set-cookie']]).toEqual([
      429,
      '60',
      undefined,
    ]);
    expect((await ask(dashboard, '/api/now', { headers: bearer(OPERATOR_TOKEN) })).status).toBe(429);
    expect((await ask(dashboard, '/livez')).status).toBe(200);
    expect(dashboard.daemon.lines.filter((line) => line['audit'] === 'sign-in')).toHaveLength(10);
    expect(JSON.stringify(dashboard.daemon.lines)).not.toContain('wrong-token-number');
  });
});

test('a request for a foreign Host is refused, with or without a token', async () => {
  const dashboard = await aDashboard({}, TOKENS);
  for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example']) {
    for (const path of ['/', '/api/session', ...PRIVATE]) {
      expect((await ask(dashboard, path, { headers: { host, ...bearer(OPERATOR_TOKEN) } })).status, path).toBe(421);
    }
    const headers = { host, origin: `http://${host}`, ...bearer(OPERATOR_TOKEN) };
    expect((await act(dashboard, '/api/dead-letters/replay', { all: true }, headers)).status).toBe(421);
    expect((await signIn(dashboard, OPERATOR_TOKEN, headers)).status).toBe(421);
  }
});

test('without a token configured, everyone on this machine may look, without personal data, and nobody may act', async () => {
  const dashboard = await aDashboard({ orders: [anOrderDocument({ orderNumber: '10086' })] });
  await dashboard.publish('10086');
  await dashboard.daemon.line((line) => line['outcome'] === 'synced');
  for (const path of PRIVATE) expect((await ask(dashboard, path)).status, path).toBe(200);
  expect((await ask(dashboard, '/api/orders/10086')).body).not.toContain('王小明');
  for (const [path, body] of ACTIONS) {
    const refused = await act(dashboard, path, body, sameOrigin(dashboard));
    expect([refused.status, refused.body], path).toEqual([403, expect.stringContaining('OPS_TOKEN')]);
  }
  expect((await signIn(dashboard, '')).status).toBe(401);
});

test('bad input is refused: unknown selections, long bodies, invalid order numbers', async () => {
  const dashboard = await aDashboard({}, TOKENS);
  const headers = bearer(OPERATOR_TOKEN);
  for (const body of [{}, { all: false }, { ids: [] }, { all: true, ids: ['x'] }, { ids: [7] }, 'all', null]) {
    expect((await act(dashboard, '/api/dead-letters/discard', body, headers)).status, JSON.stringify(body)).toBe(400);
  }
  expect((await act(dashboard, '/api/dead-letters/discard', { ids: ['x'.repeat(70_000)] }, headers)).status).toBe(413);
  for (const path of [
    '/api/orders/..',
    '/api/orders/%2e%2e',
    '/api/orders/a%2F..',
    '/api/orders/a%5Cb',
    '/api/orders/-',
    '/api/orders/%00',
  ]) {
    expect((await ask(dashboard, path, { headers })).status, path).toBe(400);
  }
  for (const path of ['/api/orders/%231001', '/api/orders/INV%2F2026%2F12', '/api/orders/%E8%AE%A2%E5%8D%951']) {
    expect((await ask(dashboard, path, { headers })).status, path).toBe(200);
  }
  expect((await ask(dashboard, '/api/orders/a/b', { headers })).status).toBe(404);
  expect((await ask(dashboard, '/api/orders/%ff', { headers })).status).toBe(404);
});
