import { expect, test } from 'vitest';
import { isGenuine } from '../../internal-system/endpoint/is-genuine.ts';
import { aSignal, aTarget, failureOf } from '../helpers/a-target.ts';
import { anAlert, HOSTILE } from '../helpers/an-alert.ts';
import { type Received, standIn } from '../helpers/stand-in.ts';

const SECRET = `whsec_${Buffer.from('a secret of the tests, 32 bytes.').toString('base64')}`;

/** An endpoint that takes what is signed with the secret, and was signed within five minutes. */
function anEndpoint(secret = SECRET) {
  return standIn((request) => ({ status: isRecent(request) && isGenuine(request, secret) ? 204 : 401 }));
}

function isRecent({ headers }: Received): boolean {
  return Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300;
}

test('an endpoint gets everything as JSON, signed as Standard Webhooks says', async () => {
  const endpoint = await anEndpoint();
  const target = aTarget(`${endpoint.origin}/alerts?tenant=7&secret=${SECRET}&x=1`, { language: 'zh' });
  await target.send(anAlert(), 2, aSignal());
  const [request] = endpoint.requests;
  expect(request).toMatchObject({ method: 'POST', headers: { 'webhook-id': anAlert().id } });
  expect(request?.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(request?.url.href).toMatch(/\/alerts\?tenant=7&x=1$/);
  expect(JSON.parse(request?.body ?? '')).toEqual({
    ...anAlert(),
    at: '2026-11-29T14:30:12.000Z',
    language: 'zh',
    missed: 2,
  });
});

test('each attempt is signed anew, with the same id', async () => {
  const endpoint = await anEndpoint();
  const target = aTarget(`${endpoint.origin}/alerts?secret=${SECRET}`);
  await target.send(anAlert(), 0, aSignal());
  await target.send(anAlert(), 0, aSignal());
  expect(new Set(endpoint.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
});

test('an endpoint with another secret refuses it for good; its words are not repeated', async () => {
  const endpoint = await standIn(() => ({ status: 401, body: 'secret of the endpoint' }));
  const failure = await failureOf(aTarget(`${endpoint.origin}/?secret=${SECRET}`).send(anAlert(), 0, aSignal()));
  expect(failure).toEqual({ mayPass: false, message: 'HTTP 401.' });
});

test('without a secret, nothing is signed', async () => {
  const endpoint = await standIn(() => ({ status: 202 }));
  await aTarget(`${endpoint.origin}/alerts`).send(anAlert(), 0, aSignal());
  expect(Object.keys(endpoint.requests[0]?.headers ?? {}).filter((name) => name.startsWith('webhook-'))).toEqual([]);
});

test('text from outside arrives as it is: a program decides what it does with it', async () => {
  const endpoint = await standIn(() => ({ status: 200 }));
  await aTarget(endpoint.origin).send(anAlert({ lines: HOSTILE }), 0, aSignal());
  expect(JSON.parse(endpoint.requests[0]?.body ?? '')).toMatchObject({ lines: HOSTILE });
});

test('a redirect is not followed: it could lead anywhere', async () => {
  const elsewhere = await standIn(() => ({ status: 200 }));
  const endpoint = await standIn(() => ({ status: 302, headers: { location: elsewhere.origin } }));
  const failure = await failureOf(aTarget(endpoint.origin).send(anAlert(), 0, aSignal()));
  expect(failure).toEqual({ mayPass: false, message: 'HTTP 302. Redirects are not followed.' });
  expect(elsewhere.requests).toEqual([]);
});

test.each([408, 429, 500, 502, 503])('after HTTP %i, another attempt may work', async (status) => {
  const endpoint = await standIn(() => ({ status }));
  expect(await failureOf(aTarget(endpoint.origin).send(anAlert(), 0, aSignal()))).toMatchObject({ mayPass: true });
});

test('a connection that is cut, and one that is refused, may pass', async () => {
  const cut = await standIn(() => Promise.reject(new Error('cut')));
  const refused = 'http://127.0.0.1:1/';
  for (const url of [cut.origin, refused]) {
    const failure = await failureOf(aTarget(url).send(anAlert(), 0, aSignal()));
    expect(failure).toMatchObject({ mayPass: true, message: expect.stringMatching(/^No reply: [A-Z_]+\.$/) });
  }
});

test('a reply of any length is read no further than needed', async () => {
  const endpoint = await standIn(() => ({ status: 200, body: 'x'.repeat(1_000_000) }));
  const failure = await failureOf(aTarget(endpoint.origin).send(anAlert(), 0, aSignal()));
  expect(failure?.message).toContain('UND_ERR_RES_EXCEEDED_MAX_SIZE');
});

test('an attempt ends at once when it is given up', async () => {
  const endpoint = await standIn(() => new Promise(() => undefined));
  const giveUp = new AbortController();
  const sent = aTarget(endpoint.origin).send(anAlert(), 0, giveUp.signal);
  await expect.poll(() => endpoint.requests.length).toBe(1);
  giveUp.abort(new Error('given up'));
  await expect(sent).rejects.toThrow('given up');
});
