import stringWidth from 'fast-string-width';
import { print } from './output.ts';

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  readonly value: (row: Row) => string;
}

/** How many rows are measured before the first one is printed; a longer cell further down shifts only its own line. */
const MEASURED_ROWS = 200;
const GAP = '  ';

/** Prints rows under their titles as they arrive. @returns how many; without rows, not even the titles are printed */
export async function printTable<Row>(
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row> | Iterable<Row>,
): Promise<number> {
  const measured: string[][] = [];
  let widths: readonly number[] | undefined;
  let count = 0;
  const begin = async () => {
    const titles = columns.map(({ title }) => title);
    const found = columns.map((_, index) => widest([titles, ...measured].map((cells) => cells[index] ?? '')));
    if (measured.length > 0) await print(...[titles, ...measured].map((cells) => aligned(cells, columns, found)));
    widths = found;
  };
  for await (const row of rows) {
    count += 1;
    const cells = columns.map(({ value }) => value(row));
    if (widths !== undefined) await print(aligned(cells, columns, widths));
    else if (measured.push(cells) === MEASURED_ROWS) await begin();
  }
  if (widths === undefined) await begin();
  return count;
}

/** The rows as aligned lines, without titles. */
export function alignedLines(rows: readonly (readonly string[])[], aligns: readonly ('right' | undefined)[]): string[] {
  const columns = aligns.map((align) => (align === undefined ? {} : { align }));
  const widths = columns.map((_, index) => widest(rows.map((cells) => cells[index] ?? '')));
  return rows.map((cells) => aligned(cells, columns, widths));
}

function widest(cells: readonly string[]): number {
  return cells.reduce((width, cell) => Math.max(width, stringWidth(cell)), 0);
}

function aligned(
  cells: readonly string[],
  columns: readonly { readonly align?: 'right' }[],
  widths: readonly number[],
): string {
  const padded = cells.map((cell, index) => {
    const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cell)));
    return columns[index]?.align === 'right' ? padding + cell : cell + padding;
  });
  return padded.join(GAP).trimEnd();
}
