import { expect, test } from 'vitest';
import { aSignal, aTarget, failureOf } from '../helpers/a-target.ts';
import { anAlert, HOSTILE } from '../helpers/an-alert.ts';
import { aDingtalkRobot, KEY } from '../helpers/robots.ts';
import { jsonBody, type StandIn, standIn } from '../helpers/stand-in.ts';

const SECRET = 'SEC4b2f0c6c7e+/=of-the-robot';

function urlOf({ origin }: StandIn, more = ''): string {
  return `dingtalk+${origin}/robot/send?access_token=${KEY}${more}`;
}

function sentTo({ requests }: StandIn) {
  const [request] = requests.slice(-1);
  if (request === undefined) throw new Error('nothing was sent');
  return jsonBody(request) as { markdown: { title: string; text: string }; at: { isAtAll: boolean } };
}

test('a robot of DingTalk gets a paragraph for each line', async () => {
  const robot = await aDingtalkRobot();
  await aTarget(urlOf(robot)).send(anAlert(), 1, aSignal());
  const { markdown, at } = sentTo(robot);
  expect(markdown.title).toBe('Critical: 3 orders need a person');
  expect(markdown.text.split('\n\n').slice(0, -1)).toEqual([
    '### Critical: 3 orders need a person',
    ...anAlert().lines,
    '1 earlier alert could not be delivered here.',
  ]);
  expect(at).toEqual({ isAtAll: false });
});

test('with a secret, each message is signed as DingTalk checks it, and the secret is not sent', async () => {
  const robot = await aDingtalkRobot({ secret: SECRET });
  await aTarget(urlOf(robot, `&secret=${SECRET}`)).send(anAlert(), 0, aSignal());
  const [request] = robot.requests;
  expect(request?.url.searchParams.has('secret')).toBe(false);
  expect(`${request?.url}${request?.body}${JSON.stringify(request?.headers)}`).not.toContain(SECRET);
});

test.each([
  ['with another secret', '&secret=SECanother', 0],
  ['unsigned', '', 0],
  ['by a clock that is two hours off', `&secret=${SECRET}`, 2 * 3_600_000],
])('a message %s is refused for good, and what to do is said', async (_, more, aheadMs) => {
  const robot = await aDingtalkRobot({ secret: SECRET, aheadMs });
  const failure = await failureOf(aTarget(urlOf(robot, more)).send(anAlert(), 0, aSignal()));
  expect(failure).toMatchObject({ mayPass: false, message: expect.stringMatching(/310000 .*&secret=SEC….*clock/) });
});

test('the keyword that a robot wants stands in the message', async () => {
  const robot = await aDingtalkRobot({ keyword: '监控报警' });
  const failure = await failureOf(aTarget(urlOf(robot)).send(anAlert(), 0, aSignal()));
  expect(failure?.message).toContain('&keyword=');
  await aTarget(urlOf(robot, `&keyword=${encodeURIComponent('监控报警')}`)).send(anAlert(), 0, aSignal());
  expect(sentTo(robot).markdown.title).toBe('监控报警 Critical: 3 orders need a person');
});

test('a long message is cut to what the robot takes', async () => {
  const robot = await aDingtalkRobot();
  const lines = Array.from({ length: 2000 }, (_, index) => `订单 ${index}`);
  await aTarget(urlOf(robot)).send(anAlert({ lines }), 0, aSignal());
  expect(sentTo(robot).markdown.text).toMatch(/… and \d+ more lines/);
});

test.each(HOSTILE)('text from outside stays text: %s', async (hostile) => {
  const robot = await aDingtalkRobot();
  await aTarget(urlOf(robot)).send(anAlert({ title: hostile, lines: [hostile] }), 0, aSignal());
  const { markdown, at } = sentTo(robot);
  expect(markdown.text.replace(/^### /, '')).not.toMatch(/[<>[\]*`\u202e]|:\/\/|^#/m);
  expect(markdown.text.split('\n\n')).toHaveLength(3);
  expect(at).toEqual({ isAtAll: false });
});

test.each([130101, 410100])('after errcode %i (too many), it is left alone for ten minutes', async (errcode) => {
  const robot = await standIn(() => ({ body: { errcode, errmsg: 'send too fast' } }));
  const sent = aTarget(urlOf(robot)).send(anAlert(), 0, aSignal());
  await expect(sent).rejects.toMatchObject({ mayPass: true, retryAfterMs: 600_000 });
});
