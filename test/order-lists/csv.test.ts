import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { type CellKind, csvFile } from '../../src/order-lists/csv.ts';

async function fileOf(kind: CellKind, values: readonly (string | number | null)[], zone = 'UTC'): Promise<string> {
  const column = { header: 'value', kind, value: (row: { readonly value: string | number | null }) => row.value };
  return (
    await Readable.from(csvFile([column], Readable.from(values.map((value) => ({ value }))), zone)).toArray()
  ).join('');
}

/** What a reader of CSV finds in it. */
async function cellsOf(kind: CellKind, values: readonly (string | number | null)[], zone?: string): Promise<string[]> {
  const file = await fileOf(kind, values, zone);
  const rows: string[][] = parse(file, { bom: true, record_delimiter: '\r\n' });
  return rows.slice(1).map(([cell = '']) => cell);
}

test('the file says that it is UTF-8, ends its lines as Windows does, and quotes what RFC 4180 says', async () => {
  const file = await fileOf('text', ['龙井茶 250g', 'a,b', 'say "tea"', 'two\nlines']);
  expect(file).toBe('\uFEFFvalue\r\n龙井茶 250g\r\n"a,b"\r\n"say ""tea"""\r\n"two\nlines"\r\n');
});

test.each([
  ['20261122000123456789', '="20261122000123456789"'],
  ['00123', '="00123"'],
  ['1-2', '="1-2"'],
  ['12E3', '="12E3"'],
  ['MAR1', '="MAR1"'],
  ['+86 138 0000 0000', '="+86 138 0000 0000"'],
  ['=cmd|"/c calc"!A1', '="=cmd|""/c calc""!A1"'],
  ['1"&HYPERLINK("http://evil.example")&"', '="1""&HYPERLINK(""http://evil.example"")&"""'],
])('the name %s stays as it is in a spreadsheet', async (name, cell) => {
  expect(await cellsOf('name', [name])).toEqual([cell]);
});

test('a name too long for a formula is plain text, and no formula either', async () => {
  const long = `=${'1'.repeat(300)}`;
  expect(await cellsOf('name', [long])).toEqual([`'${long}`]);
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '\n1', '＝1', '＋1', '－1', '＠SUM(A1)'])(
  'the text %j is no formula',
  async (text) => {
    expect(await cellsOf('text', [text])).toEqual([`'${text}`]);
  },
);

test('text that only contains such a sign is left alone', async () => {
  expect(await cellsOf('text', ['a=1', '王小明', "it's"])).toEqual(['a=1', '王小明', "it's"]);
});

test('amounts are plain numbers, negative ones too, unless a spreadsheet would round them', async () => {
  expect(await cellsOf('amount', ['129.40', '-5.00', '0.000000000001234', '1234567890123456.78'])).toEqual([
    '129.40',
    '-5.00',
    '0.000000000001234',
    '="1234567890123456.78"',
  ]);
});

test('times are in the zone that the header names, also across a change of the clocks', async () => {
  const file = await fileOf('time', ['2026-11-22T08:00:05.123Z', '2026-07-01T16:30:00Z'], 'Asia/Shanghai');
  expect(file).toBe('\uFEFFvalue (Asia/Shanghai)\r\n2026-11-22 16:00:05\r\n2026-07-02 00:30:00\r\n');
  expect(await cellsOf('time', ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'], 'Europe/Berlin')).toEqual([
    '2026-10-25 02:30:00',
    '2026-10-25 02:30:00',
  ]);
});

test('what is not known is an empty cell', async () => {
  expect(await fileOf('name', [null, ''])).toBe('\uFEFFvalue\r\n\r\n\r\n');
});

test('every row is written, however many there are', async () => {
  const counts = Array.from({ length: 250 }, (_, index) => index);
  expect(await cellsOf('count', counts)).toEqual(counts.map(String));
});
