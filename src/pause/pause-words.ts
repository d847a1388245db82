import type { Pause } from '../internal-system/pause-store.ts';

/** "paused by li.wei since 2026-11-22 08:00 UTC, until 10:00: ERP update" */
export function pauseInWords({ by, since, until, reason }: Pause): string {
  const end = until === null ? '' : `, until ${minuteOf(until, since)}`;
  return `paused by ${by} since ${minuteOf(since)} UTC${end}${reason === null ? '' : `: ${reason}`}`;
}

/** @param day the date is left out if it is that of this instant */
function minuteOf(instant: string, day = ''): string {
  const [date = '', time = ''] = instant.split('T');
  return day.startsWith(date) ? time.slice(0, 5) : `${date} ${time.slice(0, 5)}`;
}

export const MAX_PAUSE_TEXT = 200;
export const MAX_PAUSE_MS = 31 * 24 * 3_600_000;

/** A name or a reason as it may be kept: one line. @returns undefined if it is empty or too long */
export function pauseText(text: string): string | undefined {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line === '' || line.length > MAX_PAUSE_TEXT ? undefined : line;
}
