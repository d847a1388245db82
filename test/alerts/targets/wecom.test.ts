import { expect, test } from 'vitest';
import { aSignal, aTarget, failureOf } from '../helpers/a-target.ts';
import { anAlert, HOSTILE } from '../helpers/an-alert.ts';
import { aWecomRobot, KEY } from '../helpers/robots.ts';
import { jsonBody, type StandIn, standIn } from '../helpers/stand-in.ts';

function urlOf({ origin }: StandIn, key = KEY): string {
  return `wecom+${origin}/cgi-bin/webhook/send?key=${key}`;
}

function contentOf({ requests }: StandIn): string {
  const [request] = requests.slice(-1);
  if (request === undefined) throw new Error('nothing was sent');
  const { markdown } = { ...jsonBody(request) } as { markdown: { content: string } };
  return markdown.content;
}

test('a robot of WeCom gets the title, a quote for each line, and the time', async () => {
  const robot = await aWecomRobot();
  await aTarget(urlOf(robot)).send(anAlert(), 0, aSignal());
  const [title, ...lines] = contentOf(robot).split('\n');
  expect(title).toBe('<font color="warning">**Critical: 3 orders need a person**</font>');
  expect(lines.slice(0, -1)).toEqual(anAlert().lines.map((line) => `> ${line}`));
  expect(lines.at(-1)).toMatch(
    /^<font color="comment">order-sync · shop · 2026-11-\d\d \d\d:\d0:12 (?:UTC|[+-]\d\d:\d\d)<\/font>$/,
  );
});

test('it says in the set language how many messages before it were not delivered', async () => {
  const robot = await aWecomRobot();
  await aTarget(urlOf(robot), { language: 'zh' }).send(anAlert({ title: '3 个订单需要人工处理' }), 4, aSignal());
  expect(contentOf(robot)).toContain('紧急：3 个订单需要人工处理');
  expect(contentOf(robot)).toContain('> 此前有 4 条告警未能送达此处。');
});

test('a long message is cut between lines to what the robot takes', async () => {
  const robot = await aWecomRobot();
  const lines = Array.from({ length: 200 }, (_, index) => `第 ${index} 行：订单需要人工处理`);
  await aTarget(urlOf(robot), { language: 'zh' }).send(anAlert({ lines }), 0, aSignal());
  expect(contentOf(robot)).toContain('第 0 行');
  expect(contentOf(robot)).toMatch(/> ……另有 \d+ 行\n/);
  const oneLine = [`${'订单'.repeat(5000)}`];
  await aTarget(urlOf(robot)).send(anAlert({ lines: oneLine }), 0, aSignal());
  expect(contentOf(robot)).toMatch(/> (?:订单)+订?…\n/);
  expect(robot.requests).toHaveLength(2);
});

test.each(HOSTILE)('text from outside stays text: %s', async (hostile) => {
  const robot = await aWecomRobot();
  await aTarget(urlOf(robot)).send(anAlert({ title: hostile, lines: [hostile] }), 0, aSignal());
  const [title, line, footer, ...more] = contentOf(robot).split('\n');
  expect(more).toEqual([]);
  const shown = [
    /^<font color="warning">\*\*(.*)\*\*<\/font>$/.exec(title ?? '')?.[1],
    /^> (.*)$/.exec(line ?? '')?.[1],
    /^<font color="comment">(.*)<\/font>$/.exec(footer ?? '')?.[1],
  ];
  for (const text of shown) {
    expect(text).toMatch(/./);
    expect(text).not.toMatch(/[<>[\]*`\u202e]|:\/\/|^#/);
  }
});

test.each([
  [93000, 'invalid webhook url', false],
  [40058, 'exceed max length', false],
  [45009, 'api freq out of limit', true],
  [-1, 'system busy', true],
])('errcode %i (%s) in a 200 is a failure; another attempt may work: %s', async (errcode, errmsg, mayPass) => {
  const robot = await standIn(() => ({ body: { errcode, errmsg } }));
  const failure = await failureOf(aTarget(urlOf(robot)).send(anAlert(), 0, aSignal()));
  expect(failure).toMatchObject({ mayPass, message: expect.stringContaining(`errcode ${errcode} (${errmsg})`) });
});

test('a wrong key is told without showing it', async () => {
  const robot = await aWecomRobot();
  const failure = await failureOf(aTarget(urlOf(robot, 'another-key')).send(anAlert(), 0, aSignal()));
  expect(failure?.message).toMatch(/^It answered errcode 93000 .*copy the address from the group again\.$/);
  expect(failure?.message).not.toContain('another-key');
});

test('a page that answers 200 in its place has not taken the message', async () => {
  const portal = await standIn(() => ({ body: '<html>Please sign in to the Wi-Fi</html>' }));
  const failure = await failureOf(aTarget(urlOf(portal)).send(anAlert(), 0, aSignal()));
  expect(failure).toEqual({ mayPass: false, message: 'The reply has no errcode: something else answers there.' });
});

test('the robot itself refuses the 21st message of a minute', async () => {
  const robot = await aWecomRobot();
  const target = aTarget(urlOf(robot));
  for (let count = 0; count < 20; count += 1) await target.send(anAlert(), 0, aSignal());
  expect(await failureOf(target.send(anAlert(), 0, aSignal()))).toMatchObject({ mayPass: true });
  expect(target.perMinute).toBe(20);
});
