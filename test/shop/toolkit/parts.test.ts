import { expect, test } from 'vitest';
import { Fields, parts } from '../../../src/shop/toolkit/index.ts';

function ids(...given: (string | number)[]) {
  return parts.byId(given.map((id) => new Fields({ id }))).map((part) => part.id('id'));
}

test('numbers are sorted by their value, also as text', () => {
  expect(ids(10, '9', 101, 2)).toEqual(['2', '9', '10', '101']);
});

test('ids of letters are sorted by letter', () => {
  expect(ids('ordli_01B', 'ordli_01A', 'ordli_00Z')).toEqual(['ordli_00Z', 'ordli_01A', 'ordli_01B']);
});
