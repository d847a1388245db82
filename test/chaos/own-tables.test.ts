import { expect, test } from 'vitest';
import { checkJournal, checkOwnRows, type OwnRow } from '../../chaos/checks/check-own-tables.ts';

const [PAID, CANCELLED] = ['{"status":"paid"}', '{"status":"cancelled"}'];
const VERSIONS = new Map([['1', [PAID, CANCELLED].map((content) => ({ content, updatedAt: '' }))]]);

function seen(row: Partial<OwnRow>): string[] {
  const rows = [{ orderNumber: '1', stored: PAID, own: PAID, lines: 2, linesInContent: 2, ...row }];
  return checkOwnRows(rows, 'in the end').map(({ invariant, message }) => `${invariant} ${message}`);
}

test("half an order is found, whichever half, and other contents or lines in the company's table", () => {
  expect(seen({})).toEqual([]);
  expect(seen({ own: undefined })).toEqual(["I1 in the end, order 1 is stored, and not in the company's table"]);
  expect(seen({ stored: undefined })).toEqual(["I5 in the end, order 1 is in the company's table, and not stored"]);
  expect(seen({ own: CANCELLED })[0]).toMatch(/^I1 .* another content/);
  expect(seen({ lines: 4 })[0]).toMatch(/^I2 .* 4 of its 2 lines/);
});

test("an order that is in the company's table twice is found", () => {
  const row = { orderNumber: '1', stored: PAID, own: PAID, lines: 0, linesInContent: 0 };
  expect(checkOwnRows([row, row], 'in the end')).toMatchObject([{ invariant: 'I2' }]);
});

test.each([
  [[PAID, CANCELLED], []],
  [[CANCELLED], []],
  [[PAID, PAID], ['I2']],
  [[CANCELLED, PAID], ['I3']],
  [['{"status":"pending"}'], ['I5']],
])('contents written one after the other: %j', (contents, expected) => {
  const journal = contents.map((content) => ({ orderNumber: '1', content }));
  expect(checkJournal(journal, VERSIONS).map(({ invariant }) => invariant)).toEqual(expected);
});
