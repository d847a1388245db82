import { expect, test } from 'vitest';
import { fits } from '../../../../src/ops/dashboard/live/delivery-filter.ts';
import { RecentActivity } from '../../../../src/ops/dashboard/live/recent-activity.ts';
import { someFacts } from '../../../helpers/delivery-facts.ts';

const synced = new RecentActivity().settled(someFacts({ orderNumber: '10086', shopOrderId: '23', reference: '23' }));
const unknown = new RecentActivity().settled(someFacts({ orderNumber: null, shopOrderId: null, reference: '404' }));

test.each([
  ['its number', '10086', true],
  ['the id of the shop', '23', true],
  ['the name of another order', '10087', false],
])('a delivery is found by %s', (_, name, isFound) => {
  expect(fits(synced, { order: [name] })).toBe(isFound);
});

test('before its order is fetched, a delivery has the name in its event', () => {
  expect(fits(unknown, { order: ['404'] })).toBe(true);
  expect(fits(unknown, { order: ['10086'] })).toBe(false);
});

test('all that is asked for has to fit', () => {
  expect(fits(synced, { order: ['23'], outcome: ['synced'] })).toBe(true);
  expect(fits(synced, { order: ['23'], outcome: ['dead-lettered'] })).toBe(false);
});
