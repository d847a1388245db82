import stringWidth from 'string-width';
import { afterEach, expect, test, vi } from 'vitest';
import { alignedLines, type Column, printTable } from '../../../src/commands/cli/table.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Everything the table prints. */
function captured(): () => string {
  const chunks: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
    chunks.push(String(chunk));
    for (const callback of rest) if (typeof callback === 'function') callback();
    return true;
  });
  return () => chunks.join('');
}

const columns: readonly Column<{ name: string; count: number }>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'COUNT', align: 'right', value: ({ count }) => String(count) },
];

test('columns line up on the screen, wide characters and emoji included', () => {
  const lines = alignedLines(
    [
      ['龙井茶', '1'],
      ['tea 🍵', '12'],
      ['Śląsk', '123'],
    ],
    [undefined, 'right'],
  );
  expect(lines).toEqual(['龙井茶    1', 'tea 🍵   12', 'Śląsk   123']);
  expect(lines.map((line) => stringWidth(line))).toEqual([11, 11, 11]);
});

test('rows line up under their titles, and are counted', async () => {
  const output = captured();
  expect(await printTable(columns, [{ name: 'a', count: 5 }])).toBe(1);
  expect(output()).toBe('NAME  COUNT\na         5\n');
});

test('no rows print nothing', async () => {
  const output = captured();
  expect(await printTable(columns, [])).toBe(0);
  expect(output()).toBe('');
});

test('rows are printed while more are to come, and titles once', async () => {
  const output = captured();
  let printedBeforeTheEnd = '';
  async function* rows() {
    for (let count = 0; count < 1000; count += 1) yield { name: 'row', count };
    printedBeforeTheEnd = output();
  }
  expect(await printTable(columns, rows())).toBe(1000);
  expect(printedBeforeTheEnd).toContain('998');
  expect(
    output()
      .split('\n')
      .filter((line) => line.startsWith('NAME')),
  ).toHaveLength(1);
});
