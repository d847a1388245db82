import { expect, test } from 'vitest';
import { aSignal, aTarget, failureOf } from '../helpers/a-target.ts';
import { anAlert, HOSTILE } from '../helpers/an-alert.ts';
import { aFeishuRobot, KEY } from '../helpers/robots.ts';
import { jsonBody, type StandIn, standIn } from '../helpers/stand-in.ts';

const SECRET = 'vQxB5m0+of/the=robot';

function urlOf({ origin }: StandIn, more = ''): string {
  return `feishu+${origin}/open-apis/bot/v2/hook/${KEY}${more}`;
}

interface Text {
  readonly tag: string;
  readonly content: string;
}

function cardAt({ requests }: StandIn) {
  const [request] = requests.slice(-1);
  if (request === undefined) throw new Error('nothing was sent');
  const { card } = jsonBody(request) as {
    card: {
      header: { title: Text; template: string };
      elements: readonly { tag: string; text?: Text; elements?: readonly Text[] }[];
    };
  };
  const { header, elements } = card;
  return { header, texts: elements.flatMap(({ text, elements: inner = [] }) => (text === undefined ? inner : [text])) };
}

test('a robot of Feishu gets a card whose colour says how urgent it is', async () => {
  const robot = await aFeishuRobot();
  await aTarget(urlOf(robot)).send(anAlert(), 0, aSignal());
  const { header, texts } = cardAt(robot);
  expect(header).toEqual({
    title: { tag: 'plain_text', content: 'Critical: 3 orders need a person' },
    template: 'red',
  });
  expect(texts[0]).toEqual({ tag: 'plain_text', content: anAlert().lines.join('\n') });
  expect(texts[1]?.content).toMatch(/^order-sync · shop · 2026-/);
  await aTarget(urlOf(robot)).send(anAlert({ severity: 'info', lines: [] }), 0, aSignal());
  expect(cardAt(robot)).toMatchObject({ header: { template: 'green' }, texts: [{ tag: 'plain_text' }] });
});

test('with a secret, each message is signed as Feishu checks it, and the secret is not sent', async () => {
  const robot = await aFeishuRobot({ secret: SECRET });
  await aTarget(urlOf(robot, `?secret=${SECRET}`)).send(anAlert(), 0, aSignal());
  const [request] = robot.requests;
  expect(request?.url.search).toBe('');
  expect(`${request?.body}${JSON.stringify(request?.headers)}`).not.toContain(SECRET);
});

test.each([
  ['', 19021, 'secret='],
  ['?secret=another', 19021, 'secret='],
])('signed with %j, it is refused for good, and what to do is said', async (more, code, remedy) => {
  const robot = await aFeishuRobot({ secret: SECRET });
  const failure = await failureOf(aTarget(urlOf(robot, more)).send(anAlert(), 0, aSignal()));
  expect(failure).toMatchObject({ mayPass: false, message: expect.stringContaining(`code ${code} (`) });
  expect(failure?.message).toContain(remedy);
});

test('the keyword that a robot wants stands in the message', async () => {
  const robot = await aFeishuRobot({ keyword: '告警' });
  const failure = await failureOf(aTarget(urlOf(robot)).send(anAlert(), 0, aSignal()));
  expect(failure?.message).toMatch(/19024 .*\?keyword=/);
  await aTarget(urlOf(robot, '?keyword=告警')).send(anAlert(), 0, aSignal());
});

test('a long message is cut to what the robot takes', async () => {
  const robot = await aFeishuRobot();
  const lines = Array.from({ length: 3000 }, (_, index) => `订单 "${index}"`);
  await aTarget(urlOf(robot, '?secret=x')).send(anAlert({ lines }), 0, aSignal());
  expect(cardAt(robot).texts[0]?.content).toMatch(/\n… and \d+ more lines$/);
});

test.each(HOSTILE)('text from outside is plain text, in which nothing is markup: %s', async (hostile) => {
  const robot = await aFeishuRobot();
  await aTarget(urlOf(robot)).send(anAlert({ title: hostile, lines: [hostile] }), 0, aSignal());
  const { header, texts } = cardAt(robot);
  for (const { tag, content } of [header.title, ...texts]) {
    expect(tag).toBe('plain_text');
    expect(content).not.toMatch(/[\n\u202e]|:\/\//);
  }
});

test('what it says with an HTTP error counts as well', async () => {
  const robot = await standIn(() => ({ status: 400, body: { code: 19001, msg: 'param invalid' } }));
  const failure = await failureOf(aTarget(urlOf(robot)).send(anAlert(), 0, aSignal()));
  expect(failure).toMatchObject({
    mayPass: false,
    message: expect.stringMatching(/^It answered code 19001 .*copy it from/),
  });
  const gateway = await standIn(() => ({ status: 502, body: { code: 19001, msg: 'param invalid' } }));
  expect(await failureOf(aTarget(urlOf(gateway)).send(anAlert(), 0, aSignal()))).toMatchObject({ mayPass: true });
  const page = await standIn(() => ({ status: 404, body: '<html>' }));
  expect(await failureOf(aTarget(urlOf(page)).send(anAlert(), 0, aSignal()))).toEqual({
    mayPass: false,
    message: 'HTTP 404.',
  });
});

test.each([
  [{ code: 11232, msg: 'frequency limited' }, true],
  [{ code: 9499, msg: 'Bad Request' }, false],
  [{ StatusCode: 0, StatusMessage: 'success' }, undefined],
  [{ StatusCode: 19001, StatusMessage: 'invalid' }, false],
])('the answer %j: another attempt may work: %s', async (body, mayPass) => {
  const robot = await standIn(() => ({ body }));
  expect((await failureOf(aTarget(urlOf(robot)).send(anAlert(), 0, aSignal())))?.mayPass).toBe(mayPass);
});
