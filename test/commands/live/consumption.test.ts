import { expect, test } from 'vitest';
import { stateInWords } from '../../../src/commands/live/consumption.ts';

const SINCE = '2026-11-29T08:00:00.000Z';

test('a pause on purpose says who paused, until when and why, and is told from an outage', () => {
  const pause = { by: 'li.wei', until: '2026-11-29T10:00:00.000Z', reason: 'ERP\u001b[2J update' };
  expect(stateInWords({ state: 'held', since: SINCE, pause })).toEqual({
    words: 'PAUSED by li.wei until 2026-11-29 10:00 UTC: ERP\\u{1b}[2J update',
    tone: 'warning',
  });
  const open = { by: 'li.wei', until: null, reason: null };
  expect(stateInWords({ state: 'held', since: SINCE, pause: open }).words).toBe('PAUSED by li.wei');
  const outage = { state: 'paused', since: SINCE, dependency: 'shop', reason: 'shop_timeout' } as const;
  expect(stateInWords(outage)).toEqual({
    words: 'PAUSED: the shop does not answer in time (shop_timeout)',
    tone: 'error',
  });
});
