import { expect, test } from 'vitest';
import { pauseInWords, pauseText } from '../../src/pause/pause-words.ts';

const PAUSE = { since: '2026-11-29T08:00:12.000Z', by: 'li.wei', reason: null, until: null };

test('a pause in words has what is known of it', () => {
  expect(pauseInWords(PAUSE)).toBe('paused by li.wei since 2026-11-29 08:00 UTC');
  expect(pauseInWords({ ...PAUSE, until: '2026-11-29T10:00:12.000Z', reason: 'ERP update' })).toBe(
    'paused by li.wei since 2026-11-29 08:00 UTC, until 10:00: ERP update',
  );
  expect(pauseInWords({ ...PAUSE, until: '2026-11-30T01:00:12.000Z' })).toBe(
    'paused by li.wei since 2026-11-29 08:00 UTC, until 2026-11-30 01:00',
  );
});

test('a reason is one line, of some length', () => {
  expect(pauseText(' ERP\n 升级\u001b[2J ')).toBe('ERP 升级 [2J');
  expect(pauseText(' \t')).toBeUndefined();
  expect(pauseText('x'.repeat(201))).toBeUndefined();
});
