import { expect, test } from 'vitest';
import { aSignal, aTarget, failureOf } from '../helpers/a-target.ts';
import { anAlert, HOSTILE } from '../helpers/an-alert.ts';
import { aSlackWebhook, KEY } from '../helpers/robots.ts';
import { jsonBody, type StandIn, standIn } from '../helpers/stand-in.ts';

function urlOf({ origin }: StandIn, key = KEY): string {
  return `slack+${origin}/services/T00000000/B00000000/${key}`;
}

interface Text {
  readonly type: string;
  readonly text: string;
}

function sentTo({ requests }: StandIn) {
  const [request] = requests.slice(-1);
  if (request === undefined) throw new Error('nothing was sent');
  const { text, blocks } = jsonBody(request) as { text: string; blocks: { text?: Text; elements?: Text[] }[] };
  return { text, blocks: blocks.flatMap(({ text: own, elements = [] }) => (own === undefined ? elements : [own])) };
}

test('a webhook of Slack gets blocks, and the title for the notification', async () => {
  const webhook = await aSlackWebhook();
  await aTarget(urlOf(webhook)).send(anAlert(), 0, aSignal());
  const { text, blocks } = sentTo(webhook);
  expect(text).toBe('🔴 Critical: 3 orders need a person');
  expect(blocks.map((block) => block.text)).toEqual([
    '🔴 Critical: 3 orders need a person',
    anAlert().lines.join('\n'),
    expect.stringMatching(/^order-sync · shop · 2026-/),
  ]);
});

test('a long message is cut to what Slack takes', async () => {
  const webhook = await aSlackWebhook();
  const lines = Array.from({ length: 500 }, (_, index) => `Order ${index}`);
  await aTarget(urlOf(webhook)).send(anAlert({ title: '订单'.repeat(200), lines }), 0, aSignal());
  expect(sentTo(webhook).blocks[1]?.text).toMatch(/\n… and \d+ more lines$/);
  await aTarget(urlOf(webhook)).send(anAlert({ lines: [] }), 0, aSignal());
  expect(sentTo(webhook).blocks).toHaveLength(2);
});

test.each(HOSTILE)('text from outside mentions nobody and links to nowhere: %s', async (hostile) => {
  const webhook = await aSlackWebhook();
  await aTarget(urlOf(webhook)).send(anAlert({ title: hostile, lines: [hostile] }), 0, aSignal());
  const { text, blocks } = sentTo(webhook);
  expect(text).not.toMatch(/[<>\n\u202e]|&(?!amp;|lt;|gt;)|:\/\//);
  for (const block of blocks) {
    expect(block.type).toBe('plain_text');
    expect(block.text).not.toMatch(/[\n\u202e]|:\/\//);
  }
});

test.each([
  [404, 'no_service', false],
  [410, 'channel_is_archived', false],
  [403, 'action_prohibited', false],
  [500, 'rollup_error', true],
  [503, '', true],
])('HTTP %i (%s): another attempt may work: %s', async (status, body, mayPass) => {
  const webhook = await standIn(() => ({ status, body }));
  const failure = await failureOf(aTarget(urlOf(webhook)).send(anAlert(), 0, aSignal()));
  expect(failure).toEqual({ mayPass, message: `HTTP ${status}${body === '' ? '' : ` (${body})`}.` });
});

test('it is left alone for as long as it asks', async () => {
  const webhook = await standIn(() => ({ status: 429, headers: { 'retry-after': '30' }, body: 'rate_limited' }));
  const sent = aTarget(urlOf(webhook)).send(anAlert(), 0, aSignal());
  await expect(sent).rejects.toMatchObject({ mayPass: true, retryAfterMs: 30_000 });
});

test('a revoked address is told without showing it', async () => {
  const failure = await failureOf(aTarget(urlOf(await aSlackWebhook(), 'revoked')).send(anAlert(), 0, aSignal()));
  expect(failure).toEqual({ mayPass: false, message: 'HTTP 404 (no_service).' });
});

test('a server that repeats the address in its answer does not put it into the log', async () => {
  const wrong = await standIn(({ url }) => ({ status: 404, body: `Cannot POST ${url.pathname}${url.search}` }));
  for (const url of [urlOf(wrong), `wecom+${wrong.origin}/send?key=${KEY}`]) {
    const failure = await failureOf(aTarget(url).send(anAlert(), 0, aSignal()));
    expect(failure?.message).toMatch(/^HTTP 404 \(Cannot POST .*\*\*\*/);
    expect(failure?.message).not.toContain(KEY);
  }
});

test('any other answer than ok is none', async () => {
  const webhook = await standIn(() => ({ body: 'hello' }));
  const failure = await failureOf(aTarget(urlOf(webhook)).send(anAlert(), 0, aSignal()));
  expect(failure).toEqual({ mayPass: false, message: 'It answered "hello" instead of ok.' });
});
