import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { anEnvironment, configOf, problemsOf } from './environments.ts';

const WECOM = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=s3cret';

test('nobody is told unless ALERT_URL is set', () => {
  expect(configOf().alerts).toBeUndefined();
  expect(configOf({ ALERT_URL: ' ' }).alerts).toBeUndefined();
});

test('with an address alone, the rest has defaults', () => {
  expect(configOf({ ALERT_URL: WECOM }).alerts).toEqual({
    addresses: [expect.objectContaining({ name: 'wecom', url: WECOM })],
    language: 'en',
    silence: undefined,
    outageAfterMs: 300_000,
    proxies: { https: '', http: '', none: ',localhost,127.0.0.1,::1' },
  });
});

test('everything that can be set', () => {
  const alerts = configOf({
    ALERT_URL: `${WECOM}, smtp://mail.example?from=a@b.example&to=c@d.example`,
    ALERT_LANGUAGE: 'zh',
    ALERT_OUTAGE_AFTER_MS: '0',
    ALERT_SILENCE: '30m Mon-Fri 09:00-21:00 Asia/Shanghai',
    https_proxy: 'http://user:password@proxy.example:3128',
    HTTPS_PROXY: 'http://other.example',
    HTTP_PROXY: 'http://proxy.example',
    NO_PROXY: '.example',
  }).alerts;
  expect(alerts).toMatchObject({
    addresses: [{ name: 'wecom' }, { name: 'email' }],
    language: 'zh',
    silence: { afterMs: 1_800_000, timeZone: 'Asia/Shanghai' },
    outageAfterMs: 0,
    proxies: {
      https: 'http://user:password@proxy.example:3128',
      http: 'http://proxy.example',
      none: '.example,localhost,127.0.0.1,::1',
    },
  });
});

test('the addresses may be in a file, one a line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-alerts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'alert-url');
  writeFileSync(file, `${WECOM}\n${WECOM}2\n`);
  expect(configOf({ ALERT_URL_FILE: file }).alerts?.addresses.map(({ name }) => name)).toEqual(['wecom', 'wecom-2']);
});

test('what is wrong is told without what was found, and repeats no secret', () => {
  const problems = problemsOf(
    anEnvironment({
      ALERT_URL: `${WECOM} https://oapi.dingtalk.com/robot/send?token=s3cret`,
      ALERT_LANGUAGE: 'cn',
      ALERT_OUTAGE_AFTER_MS: '5m',
      ALERT_SILENCE: '30m 9-21',
    }),
  );
  expect(problems).toEqual([
    expect.stringMatching(
      /^ALERT_URL: found a value that is not shown here; expected as address 2 the address of a Ding/,
    ),
    expect.stringMatching(/^ALERT_LANGUAGE: found "cn"; expected one of en, zh\.$/),
    expect.stringMatching(/^ALERT_OUTAGE_AFTER_MS: found "5m"; expected milliseconds/),
    expect.stringMatching(/^ALERT_SILENCE: found "30m 9-21"; expected how long, the hours and their time zone/),
  ]);
  expect(problems.join()).not.toContain('s3cret');
});

test('a proxy that is none is a problem where it would be used, and only there', () => {
  const env = anEnvironment({ HTTPS_PROXY: 'proxy.example:3128' });
  expect(problemsOf(env)).toEqual([]);
  expect(problemsOf({ ...env, ALERT_URL: WECOM })).toEqual([expect.stringMatching(/^HTTPS_PROXY: .*http:\/\/proxy/)]);
});

test('hours without an address are worth a warning', () => {
  const { alerts, warnings } = configOf({ ALERT_SILENCE: '30m 09:00-21:00 Asia/Shanghai' });
  expect(alerts).toBeUndefined();
  expect(warnings).toContainEqual('ALERT_SILENCE is set and ALERT_URL is not, so nobody is told.');
});

test.each([
  ['ALERT_URLS', 'ALERT_URL'],
  ['ALERT_WEBHOOK', 'ALERT_URL'],
  ['ALERT_LANG', 'ALERT_LANGUAGE'],
])('%s was meant to be %s', (name, meant) => {
  expect(problemsOf(anEnvironment({ [name]: 'x' }))).toEqual([
    `${name}: there is no such variable. Did you mean ${meant}?`,
  ]);
});
