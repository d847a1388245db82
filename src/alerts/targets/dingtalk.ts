import { createHmac } from 'node:crypto';
import { type Codes, codeProblem } from './code-problem.ts';
import { fitting, letterOf } from './letter.ts';
import { asPlain } from './plain-markdown.ts';
import type { WebProtocol } from './web-target.ts';

/** Of the whole request. */
const MOST_BYTES = 20_000;
/** Whoever sends more than 20 a minute is shut out for so long. */
const SHUT_OUT_MS = 10 * 60_000;

const GONE = 'The robot is gone, or its access_token is wrong: copy the address from the group again.';

const CODES: Codes = {
  fields: ['errcode'],
  reason: 'errmsg',
  passing: new Map([
    // Busy, by the list of return codes that all of DingTalk's interfaces share.
    [-1, undefined],
    [130101, SHUT_OUT_MS],
    [410100, SHUT_OUT_MS],
  ]),
  remedies: new Map([
    [300001, GONE],
    [300005, GONE],
    [400101, GONE],
    [
      310000,
      'Whatever its security settings ask for goes into ALERT_URL: &secret=SEC… if it checks a signature, &keyword=… if it ' +
        'wants a keyword; a list of IP addresses must have this one. And is the clock right?',
    ],
  ]),
};

/** A custom robot of DingTalk (钉钉): https://open.dingtalk.com/document/robots/custom-robot-access */
export const dingtalkProtocol: WebProtocol = {
  perMinute: 20,
  compose(message, missed, { url, secret, keyword }, language) {
    const { title, lines, footer } = letterOf(message, missed, language, keyword);
    const body = (shown: readonly string[]) =>
      JSON.stringify({
        msgtype: 'markdown',
        // A paragraph each: it joins lines.
        markdown: { title, text: [`### ${asPlain(title)}`, ...shown.map(asPlain), footer].join('\n\n') },
        at: { isAtAll: false },
      });
    const fits = fitting(lines, language, (shown) => Buffer.byteLength(body(shown)), MOST_BYTES);
    return { url: secret === undefined ? url : signed(url, secret, Date.now()), body: body(fits) };
  },
  problemOf: (text, isSuccess) => codeProblem(text, isSuccess, CODES),
};

function signed(url: string, secret: string, timestamp: number): string {
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  return `${url}&timestamp=${timestamp}&sign=${encodeURIComponent(sign)}`;
}
