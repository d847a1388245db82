import { expect, it } from 'vitest';
import { firstVersion } from '../../../src/internal-system/newest-wins.ts';
import { leftOut } from '../../../src/internal-system/postgres/insert-new.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';

const ORDERS = ['1', '2', '3'].map((orderNumber) => {
  const snapshot = aSnapshot({ order: { orderNumber } });
  return { version: firstVersion(snapshot), eventInfo: snapshot.eventInfo };
});

it.each([
  { row: { inserted: 3, left_out: null }, expected: [] },
  { row: { inserted: 2, left_out: ['2'] }, expected: ['2'] },
  { row: { inserted: 0, left_out: ['1', '2', '3'] }, expected: ['1', '2', '3'] },
])('the orders left out are those that the server names: $row', ({ row, expected }) => {
  expect(leftOut(row, ORDERS)).toEqual(expected);
});

it.each([
  undefined,
  {},
  { inserted: 2, left_out: null },
  { inserted: 3, left_out: ['1'] },
  { inserted: null, left_out: null },
])('an answer that does not account for each order counts for none of them: %j', (row) => {
  expect(leftOut(row, ORDERS)).toEqual(['1', '2', '3']);
});
