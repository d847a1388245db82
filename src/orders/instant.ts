import { z } from 'zod';
import { optional, required } from './fields.ts';

/** Times with a zone, in the one form that all times are compared in: UTC with milliseconds. */
const EXPECTED = 'a time with a zone such as "2026-11-22T08:00:05.120Z" or "2026-11-22 16:00:05+0800"';

const zonedTime = z.iso.datetime({ offset: true });

/** UTC, as most times are; the last days of a month take a calendar to check. */
const USUAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;

export const instant = required('time', readInstant, EXPECTED);
export const optionalInstant = optional('timeOrNone', readInstant, EXPECTED);

/** The full check costs ten times as much as checking for the form that nearly all times have. */
function readInstant(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (USUAL.test(value)) return withMilliseconds(value);
  return inUtc(value) ?? inUtc(usualSpelling(value));
}

function inUtc(value: string): string | undefined {
  const time = Date.parse(value);
  if (Number.isNaN(time)) return undefined;
  const text = new Date(time).toISOString();
  return text === withMilliseconds(value) || zonedTime.safeParse(value).success ? text : undefined;
}

function withMilliseconds(utc: string): string {
  return utc.includes('.') ? utc : `${utc.slice(0, -1)}.000Z`;
}

/**
 * A blank for the T, no seconds, a comma before their fraction, UTC in words, an offset without colon or minutes (databases,
 * PHP, Python, Ruby), and the name of the zone behind its offset (Java).
 */
const SPELLING =
  /^\s*(\d{4}-\d\d-\d\d)(?:[Tt]| +)(\d\d:\d\d)(:\d\d)?(?:[.,](\d+))? ?(?:([Zz]|UTC|GMT)|([+-]\d\d)(?::?(\d\d))?)(?:\[[\w/+-]+\])?\s*$/;

/** The same time as `2026-11-22T08:00:05.120+08:00`; other text as it is. */
function usualSpelling(value: string): string {
  return value.replace(SPELLING, (_, date, minutes, seconds = ':00', fraction, _utc, hours = '+00', rest = '00') => {
    return `${date}T${minutes}${seconds}${fraction === undefined ? '' : `.${fraction}`}${hours}:${rest}`;
  });
}
