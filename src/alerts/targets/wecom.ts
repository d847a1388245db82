import { type Codes, codeProblem } from './code-problem.ts';
import { fitting, letterOf } from './letter.ts';
import { asPlain } from './plain-markdown.ts';
import type { WebProtocol } from './web-target.ts';

/** Of the content, in UTF-8. */
const MOST_BYTES = 4096;
const COLOUR = { critical: 'warning', warning: 'warning', info: 'info' } as const;

const CODES: Codes = {
  fields: ['errcode'],
  reason: 'errmsg',
  passing: new Map([
    // Busy, by the list of return codes that all of WeCom's interfaces share.
    [-1, undefined],
    // Too many calls.
    [45009, 60_000],
    [45033, 60_000],
  ]),
  remedies: new Map([
    [93000, 'The robot is gone, or its key is wrong: copy the address from the group again.'],
    [93008, 'The robot is not in the group any more.'],
  ]),
};

/** A group robot of WeCom (企业微信): https://developer.work.weixin.qq.com/document/path/91770 */
export const wecomProtocol: WebProtocol = {
  perMinute: 20,
  compose(message, missed, { url }, language) {
    const { severity, title, lines, footer } = letterOf(message, missed, language);
    const content = (shown: readonly string[]) =>
      [
        `<font color="${COLOUR[severity]}">**${asPlain(title)}**</font>`,
        ...shown.map((line) => `> ${asPlain(line)}`),
        `<font color="comment">${footer}</font>`,
      ].join('\n');
    const fits = fitting(lines, language, (shown) => Buffer.byteLength(content(shown)), MOST_BYTES);
    return { url, body: JSON.stringify({ msgtype: 'markdown', markdown: { content: content(fits) } }) };
  },
  problemOf: (text, isSuccess) => codeProblem(text, isSuccess, CODES),
};
