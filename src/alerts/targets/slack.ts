import { cutTo, fitting, letterOf } from './letter.ts';
import { AlertError } from './target.ts';
import { oneLine, type WebProtocol } from './web-target.ts';

/** In UTF-16 units, to be safe: Slack does not say what it counts. */
const LONGEST_HEADER = 150;
const LONGEST_SECTION = 3000;
const SIGN = { critical: '🔴', warning: '🟠', info: '🟢' } as const;

/** An incoming webhook of Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const slackProtocol: WebProtocol = {
  // One a second, and short bursts of more.
  perMinute: 60,
  compose(message, missed, { url }, language) {
    const { severity, title, lines, footer } = letterOf(message, missed, language);
    const heading = `${SIGN[severity]} ${title}`;
    const section = fitting(lines, language, (shown) => shown.join('\n').length, LONGEST_SECTION).join('\n');
    const blocks = [
      { type: 'header', text: plain(cutTo(LONGEST_HEADER, heading)) },
      ...(section === '' ? [] : [{ type: 'section', text: plain(section) }]),
      { type: 'context', elements: [plain(footer)] },
    ];
    // The text is what a notification shows. Unlike the blocks, it is markup.
    return { url, body: JSON.stringify({ text: escaped(heading), blocks, unfurl_links: false, unfurl_media: false }) };
  },
  problemOf(text, isSuccess) {
    if (!isSuccess || text.trim() === 'ok') return undefined;
    return new AlertError(`It answered "${oneLine(text)}" instead of ok.`, { mayPass: false });
  },
};

function plain(text: string) {
  return { type: 'plain_text', text, emoji: false };
}

/** As Slack asks for it: `<!channel>` and `<https://…|text>` become text. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
