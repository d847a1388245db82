import type { AlertMessage, AlertSeverity } from '../alert-message.ts';

export const ALERT_LANGUAGES = ['en', 'zh'] as const;
export type AlertLanguage = (typeof ALERT_LANGUAGES)[number];

/** A message as people read it. */
export interface Letter {
  readonly severity: AlertSeverity;
  /** `Critical: …`, on one line. */
  readonly title: string;
  readonly lines: readonly string[];
  /** Who says so, and when it happened in this machine's time zone. */
  readonly footer: string;
}

interface Words {
  readonly severity: Readonly<Record<AlertSeverity, string>>;
  readonly colon: string;
  missed(count: number): string;
  more(count: number): string;
}

const WORDS: Readonly<Record<AlertLanguage, Words>> = {
  en: {
    severity: { critical: 'Critical', warning: 'Warning', info: 'Info' },
    colon: ': ',
    missed: (count) => `${count} earlier ${count === 1 ? 'alert' : 'alerts'} could not be delivered here.`,
    more: (count) => `… and ${count} more ${count === 1 ? 'line' : 'lines'}`,
  },
  zh: {
    severity: { critical: '紧急', warning: '警告', info: '通知' },
    colon: '：',
    missed: (count) => `此前有 ${count} 条告警未能送达此处。`,
    more: (count) => `……另有 ${count} 行`,
  },
};

/** @param keyword must stand in it */
export function letterOf(
  { severity, at, shop, title, lines }: AlertMessage,
  missed: number,
  language: AlertLanguage,
  keyword?: string,
): Letter {
  const words = WORDS[language];
  const start = keyword === undefined ? '' : `${keyword} `;
  return {
    severity,
    title: inert(`${start}${words.severity[severity]}${words.colon}${title}`),
    lines: [...lines, ...(missed === 0 ? [] : [words.missed(missed)])].map(inert),
    footer: `order-sync · ${shop} · ${timeOf(at)}`,
  };
}

/** Order numbers come from outside, and chats make a link of whatever looks like an address. One line, nothing invisible. */
function inert(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replaceAll('://', ':／／')
    .trim();
}

/** `2026-11-29 22:30:12 +08:00` */
function timeOf(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
  if (minutes === 0) return `${local} UTC`;
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  return `${local} ${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/**
 * As many of the lines as fit, then how many are left out. A line that does not fit by itself is cut.
 *
 * @param size of the whole text with these lines, in whatever the platform counts
 */
export function fitting(
  lines: readonly string[],
  language: AlertLanguage,
  size: (lines: readonly string[]) => number,
  most: number,
): readonly string[] {
  if (size(lines) <= most) return lines;
  const beginning = (kept: number) => [...lines.slice(0, kept), WORDS[language].more(lines.length - kept)];
  let kept = 0;
  // Halving: what is sent must not hold up what else this process does.
  for (let tooMany = lines.length; tooMany - kept > 1; ) {
    const middle = Math.floor((kept + tooMany) / 2);
    if (size(beginning(middle)) <= most) kept = middle;
    else tooMany = middle;
  }
  if (kept > 0) return beginning(kept);
  const [first = ''] = lines;
  const characters = [...first];
  while (characters.length > 0 && size([`${characters.join('')}…`]) > most) {
    characters.length = Math.floor(characters.length * 0.9);
  }
  return [`${characters.join('')}…`];
}

/** At most so many UTF-16 units, the last one "…" if it was cut. */
export function cutTo(most: number, text: string): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
