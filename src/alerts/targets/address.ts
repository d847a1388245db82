import { SECRET_FORM, secretKey } from '../../client/standard-webhooks.ts';
import { isLoopback } from '../../settings/loopback.ts';
import { type MailAddress, mailAddress } from './mail-address.ts';
import { ALERT_FORMATS, type AlertFormat } from './target.ts';

/** One address of ALERT_URL. It holds secrets: never log it. */
export type AlertAddress = WebAddress | MailAddress;

export type WebFormat = Exclude<AlertFormat, 'email'>;

export interface WebAddress {
  /** Its format, and which of several of that format: `wecom`, `wecom-2`. */
  readonly name: string;
  readonly format: WebFormat;
  /** All that may be shown. */
  readonly host: string;
  /** What is posted to: without the prefix, and without what is meant for us. */
  readonly url: string;
  /** With which messages are signed; undefined: they are not. */
  readonly secret: string | undefined;
  /** Stands in each message: some robots take no other. */
  readonly keyword: string | undefined;
}

/**
 * Several addresses, separated by commas, blanks or line ends. A comma within one is its own.
 *
 * @returns what is expected instead, in words that complete "expected …", if one of them is wrong
 */
export function parseAddresses(list: string): readonly AlertAddress[] | string {
  const addresses: AlertAddress[] = [];
  const texts = list.trim().split(/[\s,]+(?=[a-z][a-z\d+.-]*:\/\/)/i);
  for (const [index, text] of texts.entries()) {
    const name = (format: AlertFormat) => {
      const count = addresses.filter((other) => other.format === format).length;
      return count === 0 ? format : `${format}-${count + 1}`;
    };
    const address = parseAddress(text.replace(/[\s,]+$/, ''), name);
    if (typeof address === 'string') return texts.length === 1 ? address : `as address ${index + 1} ${address}`;
    addresses.push(address);
  }
  return addresses;
}

const FORMAT_OF_HOST: Readonly<Record<string, WebFormat>> = {
  'qyapi.weixin.qq.com': 'wecom',
  'oapi.dingtalk.com': 'dingtalk',
  'open.feishu.cn': 'feishu',
  'open.larksuite.com': 'feishu',
  'hooks.slack.com': 'slack',
};

const ADDRESS_EXPECTED =
  'https://… of a robot or an endpoint, with a format in front if its host does not tell (json+, wecom+, dingtalk+, feishu+, slack+), ' +
  'or smtp://user:password@host?from=…&to=…';

type NameOf = (format: AlertFormat) => string;

function parseAddress(text: string, name: NameOf): AlertAddress | string {
  const [, prefix, scheme = ''] = /^(?:([a-z]+)\+)?([a-z]+):\/\/[^\s]+$/.exec(text) ?? [];
  const url = URL.parse(prefix === undefined ? text : text.slice(prefix.length + 1));
  if (url === null) return ADDRESS_EXPECTED;
  if (prefix === undefined && (scheme === 'smtp' || scheme === 'smtps')) return mailAddress(url, name('email'));
  if (scheme !== 'https' && scheme !== 'http') return ADDRESS_EXPECTED;
  const format = prefix ?? FORMAT_OF_HOST[url.hostname] ?? 'json';
  return isWebFormat(format) ? webAddress(format, url, name(format)) : ADDRESS_EXPECTED;
}

function isWebFormat(format: string): format is WebFormat {
  return format !== 'email' && ALERT_FORMATS.some((known) => known === format);
}

function webAddress(format: WebFormat, url: URL, name: string): WebAddress | string {
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'https://: the address is a secret';
  if (`${url.username}${url.password}` !== '') return 'an address without user and password';
  if (url.hash !== '') return 'an address without "#": what stands behind it is never sent';
  const { own, rest } = takeOwn(url.search);
  url.search = rest;
  const address = { name, format, host: url.host, url: url.href, ...own };
  return problemOf(address, url) ?? address;
}

/** The parameters that are meant for us; all others stay as they are written. A "+" is one, as base64 has it. */
function takeOwn(search: string): { readonly own: Own; readonly rest: string } {
  const isOwn = (pair: string) => /^(?:secret|keyword)=./.test(pair);
  const pairs = search.slice(1).split('&');
  const own = new URLSearchParams(pairs.filter(isOwn).join('&').replaceAll('+', '%2B'));
  return {
    own: { secret: own.get('secret') ?? undefined, keyword: own.get('keyword') ?? undefined },
    rest: pairs.filter((pair) => !isOwn(pair)).join('&'),
  };
}

type Own = Pick<WebAddress, 'secret' | 'keyword'>;

/** What each platform's address holds. */
function problemOf({ format, secret, keyword }: WebAddress, url: URL): string | undefined {
  switch (format) {
    case 'json':
      if (secret !== undefined && secretKey(secret) === undefined) return `secret=${SECRET_FORM}`;
      return keyword === undefined ? undefined : 'no keyword: that is for DingTalk and Feishu';
    case 'wecom':
      if (secret !== undefined || keyword !== undefined) return 'neither secret nor keyword: WeCom robots have none';
      return url.searchParams.get('key')
        ? undefined
        : 'the address of a WeCom robot, https://…/cgi-bin/webhook/send?key=…';
    case 'dingtalk':
      return url.searchParams.get('access_token')
        ? undefined
        : 'the address of a DingTalk robot, https://…/robot/send?access_token=…';
    case 'feishu':
      return /\/hook\/[^/]+$/.test(url.pathname)
        ? undefined
        : 'the address of a Feishu robot, https://…/open-apis/bot/v2/hook/…';
    case 'slack':
      if (secret !== undefined || keyword !== undefined) return 'neither secret nor keyword: Slack has none';
      return url.pathname.length > 1 ? undefined : 'the address of an incoming webhook, https://…/services/…';
  }
}
