import { expect, test } from 'vitest';
import { silence, WEEKDAYS } from '../../src/alerts/silence.ts';

test.each([
  ['30m 09:00-21:00 Asia/Shanghai', { afterMs: 1_800_000, days: WEEKDAYS, fromMinute: 540, toMinute: 1260 }],
  ['2h Mon-Fri 08:30-24:00 Europe/Berlin', { afterMs: 7_200_000, days: WEEKDAYS.slice(0, 5), toMinute: 1440 }],
  ['90m sat-mon,Wed 00:00-24:00 UTC', { days: ['Mon', 'Wed', 'Sat', 'Sun'], fromMinute: 0, toMinute: 1440 }],
  ['1h 20:00-02:00 America/Argentina/Buenos_Aires', { fromMinute: 1200, toMinute: 120 }],
  ['45m  Sun  09:00-21:00  Etc/GMT+8', { days: ['Sun'], timeZone: 'Etc/GMT+8' }],
])('%s', (text, expected) => {
  expect(silence.parse(text)).toMatchObject(expected);
});

test.each([
  '30m',
  '30m 09:00-21:00',
  '30 09:00-21:00 Asia/Shanghai',
  '0m 09:00-21:00 Asia/Shanghai',
  '30m 9-21 Asia/Shanghai',
  '30m 09:00-25:00 Asia/Shanghai',
  '30m 09:60-21:00 Asia/Shanghai',
  '30m 09:00-09:00 Asia/Shanghai',
  '30m 24:00-09:00 Asia/Shanghai',
  '30m 21:00-00:00 Asia/Shanghai',
  '30m Mo-Fr 09:00-21:00 Asia/Shanghai',
  '30m Mon-Wed-Fri 09:00-21:00 Asia/Shanghai',
  '30m 09:00-21:00 Asia/Shangai',
  // It would never be told.
  '13h 09:00-21:00 Asia/Shanghai',
])('%s is refused', (text) => {
  expect(silence.safeParse(text).error?.issues[0]?.message).toMatch(
    /^how long, the hours and their time zone, such as 30m/,
  );
});
