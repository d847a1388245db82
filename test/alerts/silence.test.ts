import { expect, test } from 'vitest';
import { silence } from '../../src/alerts/silence.ts';

const daily = [1, 2, 3, 4, 5, 6, 7];

test.each([
  ['30m 09:00-21:00 Asia/Shanghai', { afterMs: 1_800_000, windows: [{ days: daily, from: 540, until: 1260 }] }],
  [
    '2h Mon-Fri 08:30-24:00 Europe/Berlin',
    { afterMs: 7_200_000, windows: [{ days: [1, 2, 3, 4, 5], from: 510, until: 1440 }] },
  ],
  ['90m sat-mon,Wed 00:00-24:00 UTC', { windows: [{ days: [1, 3, 6, 7], from: 0, until: 1440 }] }],
  ['1h 20:00-02:00 America/Argentina/Buenos_Aires', { windows: [{ from: 1200, until: 120 }] }],
  ['45m  Sun  09:00-21:00  Etc/GMT+8', { windows: [{ days: [7] }], timeZone: 'Etc/GMT+8' }],
  [
    '1h Mon-Fri 09:00-12:00,13:00-18:00 Sat 10:00-16:00 Europe/Berlin',
    {
      windows: [
        { days: [1, 2, 3, 4, 5], from: 540, until: 720 },
        { days: [1, 2, 3, 4, 5], from: 780, until: 1080 },
        { days: [6], from: 600, until: 960 },
      ],
    },
  ],
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
  '30m Mon-Fri Asia/Shanghai',
  '30m Mon-Fri 09:00-21:00 10:00-12:00 Asia/Shanghai',
  '30m 09:00-21:00 Sat 10:00-12:00 Asia/Shanghai',
  '30m 09:00-12:00,13-18 Asia/Shanghai',
  // It would never be told.
  '13h 09:00-21:00 Asia/Shanghai',
  '6h 09:00-12:00,13:00-18:00 Asia/Shanghai',
])('%s is refused', (text) => {
  expect(silence.safeParse(text).error?.issues[0]?.message).toMatch(
    /^how long, the hours and their time zone, such as 30m/,
  );
});
