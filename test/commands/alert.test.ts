import { expect, test } from 'vitest';
import { aWecomRobot, KEY } from '../alerts/helpers/robots.ts';
import { jsonBody, standIn } from '../alerts/helpers/stand-in.ts';
import { orderSync } from './helpers/cli.ts';

/** Nothing else needs to be configured. */
function alertTest(url: string, ...more: string[]) {
  const env = { PATH: '', ALERT_URL: url, ALERT_LANGUAGE: 'zh', SHOP_NAME: 'teashop' };
  return orderSync({ folder: '.', env }, ['alert', '--test', ...more]);
}

test('alert --test sends one message to each address, and says what each answered', async () => {
  const [robot, endpoint] = [await aWecomRobot(), await standIn(() => ({ status: 204 }))];
  const wecom = `wecom+${robot.origin}/cgi-bin/webhook/send?key=${KEY}`;
  const { status, stdout, stderr } = await alertTest(`${wecom} ${endpoint.origin}/alerts`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual([
    `✓ wecom  ${new URL(robot.origin).host}`,
    `✓ json   ${new URL(endpoint.origin).host}`,
    '',
  ]);
  expect(robot.requests).toHaveLength(1);
  const [request] = endpoint.requests;
  if (request === undefined) throw new Error('nothing was sent');
  expect(jsonBody(request)).toMatchObject({
    kind: 'test',
    severity: 'info',
    shop: 'teashop',
    title: '这是一条测试告警',
  });
});

test('an address that refuses is the user’s to change: 78. One that is away may be back: 69. The worst counts', async () => {
  const robot = await aWecomRobot();
  const wrongKey = `wecom+${robot.origin}/cgi-bin/webhook/send?key=wr0ng`;
  const away = 'http://127.0.0.1:1/';
  const { status, stdout } = await alertTest(`${away} ${wrongKey}`);
  expect(status).toBe(78);
  expect(stdout).toMatch(
    /^✗ json +127\.0\.0\.1:1\n +No reply: ECONNREFUSED\.\n✗ wecom +127\.0\.0\.1:\d+\n +It answered/,
  );
  expect(stdout).not.toContain('wr0ng');
  expect((await alertTest(away)).status).toBe(69);
});

test('--json has the same for scripts', async () => {
  const endpoint = await standIn(() => ({ status: 204 }));
  const { status, stdout } = await alertTest(`${endpoint.origin} http://127.0.0.1:1`, '--json');
  expect(status).toBe(69);
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    targets: [
      { target: 'json', host: new URL(endpoint.origin).host, ok: true },
      { target: 'json-2', host: '127.0.0.1:1', ok: false, message: 'No reply: ECONNREFUSED.', mayPass: true },
    ],
  });
});

test('without an address, it says what to set; without --test, how it is used', async () => {
  const unset = await alertTest('');
  expect(unset).toMatchObject({ status: 78, stderr: expect.stringContaining('ALERT_URL: not set; expected') });
  const { status, stderr } = await orderSync({ folder: '.', env: { PATH: '' } }, ['alert']);
  expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringContaining("required option '--test'") });
});
