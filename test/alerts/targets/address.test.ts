import { describe, expect, test } from 'vitest';
import { parseAddresses } from '../../../src/alerts/targets/address.ts';

const WECOM = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc';
const DINGTALK = 'https://oapi.dingtalk.com/robot/send?access_token=abc';
const FEISHU = 'https://open.feishu.cn/open-apis/bot/v2/hook/abc';
const SLACK = 'https://hooks.slack.com/services/T0/B0/abc';
const SECRET = `whsec_${Buffer.alloc(32, 0xfb).toString('base64')}`;

function parsed(list: string) {
  const addresses = parseAddresses(list);
  if (typeof addresses === 'string') throw new Error(addresses);
  return addresses;
}

test.each([
  [WECOM, 'wecom'],
  [DINGTALK, 'dingtalk'],
  [FEISHU, 'feishu'],
  ['https://open.larksuite.com/open-apis/bot/v2/hook/abc', 'feishu'],
  [SLACK, 'slack'],
  ['https://alerts.example/hook?x=1', 'json'],
  ['slack+https://gateway.example/hooks/abc', 'slack'],
  ['json+https://hooks.slack.com/services/abc', 'json'],
  ['http://127.0.0.1:8080/hook', 'json'],
  ['smtp://mail.example?from=a@b.example&to=c@d.example', 'email'],
])('%s is recognised as %s', (url, format) => {
  expect(parsed(url)).toMatchObject([{ format, name: format }]);
});

test.each([',', ' ', ', ', '\n', '\r\n', ',\n  '])(
  'several are separated by %j, and several of one kind have names',
  (between) => {
    const mail = 'smtps://u:p%40w@mail.example?from=a@b.example&to=c+x@d.example,e@f.example';
    const addresses = parsed([WECOM, mail, `${WECOM}d`, SLACK].join(between) + between);
    expect(addresses.map(({ name, host }) => [name, host])).toEqual([
      ['wecom', 'qyapi.weixin.qq.com'],
      ['email', 'mail.example'],
      ['wecom-2', 'qyapi.weixin.qq.com'],
      ['slack', 'hooks.slack.com'],
    ]);
    expect(addresses[1]).toMatchObject({
      port: 465,
      usesTls: true,
      login: { user: 'u', password: 'p@w' },
      to: ['c+x@d.example', 'e@f.example'],
    });
  },
);

test('what is meant for us is not part of what is posted to; everything else stays as it is', () => {
  const own = `secret=${SECRET}`;
  for (const query of [`?a=%2F+b&${own}`, `?${own}&a=%2F+b`, `?a=%2F+b&secret=${encodeURIComponent(SECRET)}`]) {
    expect(parsed(`https://alerts.example/hook${query}`)).toMatchObject([
      { url: 'https://alerts.example/hook?a=%2F+b', secret: SECRET },
    ]);
  }
  expect(parsed(`${DINGTALK}&secret=SEC1+2&keyword=%E5%91%8A%E8%AD%A6`)).toMatchObject([
    { url: DINGTALK, secret: 'SEC1+2', keyword: '告警' },
  ]);
  expect(parsed(`${FEISHU}?secret=x`)).toMatchObject([{ url: FEISHU, secret: 'x' }]);
});

describe('what is refused', () => {
  test.each([
    ['alerts.example/hook', 'https://… of a robot'],
    ['ftp://alerts.example', 'https://… of a robot'],
    ['teams+https://alerts.example', 'json+, wecom+'],
    ['email+https://alerts.example', 'json+, wecom+'],
    ['http://alerts.example/hook', 'https://: the address is a secret'],
    ['https://user:password@alerts.example', 'without user and password'],
    ['https://alerts.example/#secret=x', 'without "#"'],
    ['https://alerts.example/?secret=short', 'secret=whsec_'],
    ['https://alerts.example/?keyword=x', 'no keyword'],
    ['https://qyapi.weixin.qq.com/cgi-bin/webhook/send', 'send?key=…'],
    [`${WECOM}&secret=x`, 'neither secret nor keyword'],
    ['https://oapi.dingtalk.com/robot/send', 'access_token=…'],
    ['https://open.feishu.cn/open-apis/bot/v2/hook/', '/open-apis/bot/v2/hook/…'],
    ['https://hooks.slack.com', '/services/…'],
    [`${SLACK}?keyword=x`, 'neither secret nor keyword'],
    ['smtp://mail.example', 'from=alerts@example.com'],
    ['smtp://mail.example?from=a@b.example', 'to=a@example.com'],
    ['smtp://mail.example?from=a&to=c@d.example', 'from=alerts@example.com'],
    ['smtp://mail.example?from=a@b.example&to=c@d.example%0d%0aRCPT', 'to=a@example.com'],
    ['smtp://mail.example?from=a@b.example&to=c@d.example&tls=no', 'no other parameters'],
    ['smtp://mail.example:465?from=a@b.example&to=c@d.example', 'smtps:// for port 465'],
    ['smtps://mail.example:587?from=a@b.example&to=c@d.example', 'smtp:// for port 587'],
    ['smtp://user@mail.example?from=a@b.example&to=c@d.example', 'user and password'],
    ['smtp://user:100%@mail.example?from=a@b.example&to=c@d.example', 'percent-encoded'],
    [`smtp://mail.example?from=a@b.example&to=${Array(51).fill('c@d.example').join(',')}`, '1 to 50 recipients'],
  ])('%s', (url, expected) => {
    expect(parseAddresses(url)).toContain(expected);
  });

  test('the message says which of several it is, and repeats nothing of it', () => {
    const wrong = parseAddresses(`${WECOM}, https://oapi.dingtalk.com/robot/send?token=s3cret`);
    expect(wrong).toMatch(/^as address 2 the address of a DingTalk robot/);
    expect(wrong).not.toContain('s3cret');
  });
});
