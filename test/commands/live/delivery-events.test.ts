import { expect, test } from 'vitest';
import { NewDeliveries, noteOf, orderOf, took } from '../../../src/commands/live/delivery-events.ts';
import { aDeliveryEvent } from '../helpers/view.ts';

test.each([
  [null, '–'],
  [0, '0 ms'],
  [999, '999 ms'],
  [1_250, '1.3 s'],
  [90_000, '2 min'],
  [9_000_000, '2.5 h'],
])('%s ms took %s', (ms, text) => {
  expect(took(ms)).toBe(text);
});

test('text from outside cannot rewrite the terminal', () => {
  expect(orderOf(aDeliveryEvent({ order: '1\u001B[2J' }))).toBe('1\\u{1b}[2J');
  expect(orderOf(aDeliveryEvent({ order: null }))).toBe('(names no order)');
  expect(noteOf(aDeliveryEvent({ conflicts: ['cancelled'] }))).toBe('stop the parcel');
});

test('each delivery is new once, even when a restarted daemon sends the past again', () => {
  const unseen = new NewDeliveries();
  const [first, second, third] = [
    aDeliveryEvent({ id: 1, order: 'A', at: '2026-11-22T08:00:00.001Z' }),
    aDeliveryEvent({ id: 2, order: 'B', at: '2026-11-22T08:00:00.002Z' }),
    aDeliveryEvent({ id: 3, order: 'C', at: '2026-11-22T08:00:00.002Z' }),
  ];
  expect(unseen.of([second, first])).toEqual([first, second]);
  expect(unseen.of([third, second, first])).toEqual([third]);
  expect(unseen.of([third, second])).toEqual([]);
  const afterRestart = aDeliveryEvent({ id: 1, order: 'D', at: '2026-11-22T08:00:09.000Z' });
  expect(unseen.of([afterRestart, { ...third, id: 0 }, { ...first, id: 0 }]).map(({ order }) => order)).toContain('D');
  expect(unseen.of([afterRestart])).toEqual([]);
});
