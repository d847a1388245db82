import { createHmac } from 'node:crypto';
import { type Codes, codeProblem } from './code-problem.ts';
import { fitting, letterOf } from './letter.ts';
import type { WebProtocol } from './web-target.ts';

/** Of the whole request. */
const MOST_BYTES = 20 * 1024;
const COLOUR = { critical: 'red', warning: 'orange', info: 'green' } as const;

const CODES: Codes = {
  fields: ['code', 'StatusCode'],
  reason: 'msg',
  passing: new Map([
    // Too many: 100 a minute, 5 a second, fewer when everybody sends on the hour.
    [11232, 60_000],
  ]),
  remedies: new Map([
    [19001, 'The robot is gone, or the address is wrong: copy it from the group again.'],
    [19021, 'Write &secret=… or ?secret=… into ALERT_URL, as the robot shows it. And is the clock right?'],
    [19022, "Add this machine's address to the robot's list of IP addresses."],
    [19024, "Write one of the robot's keywords into ALERT_URL: ?keyword=…"],
  ]),
};

/** A custom robot of Feishu (飞书) or Lark: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export const feishuProtocol: WebProtocol = {
  perMinute: 100,
  compose(message, missed, { url, secret, keyword }, language) {
    const { severity, title, lines, footer } = letterOf(message, missed, language, keyword);
    const signature = secret === undefined ? {} : signatureOf(secret, new Date());
    const body = (shown: readonly string[]) =>
      JSON.stringify({
        ...signature,
        msg_type: 'interactive',
        card: {
          header: { title: plain(title), template: COLOUR[severity] },
          elements: [
            ...(shown.length === 0 ? [] : [{ tag: 'div', text: plain(shown.join('\n')) }]),
            { tag: 'note', elements: [plain(footer)] },
          ],
        },
      });
    const fits = fitting(lines, language, (shown) => Buffer.byteLength(body(shown)), MOST_BYTES);
    return { url, body: body(fits) };
  },
  problemOf: (text, isSuccess) => codeProblem(text, isSuccess, CODES),
};

/** Nothing in it is markup, `<at>` included. */
function plain(content: string) {
  return { tag: 'plain_text', content };
}

/** The key is what other platforms sign, and the message is empty. */
function signatureOf(secret: string, at: Date): { readonly timestamp: string; readonly sign: string } {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64') };
}
