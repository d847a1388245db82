import type { Columns, CompanyRow } from './mapping.ts';

export interface PairedLines {
  /** The keys of rows to delete. */
  readonly gone: readonly Columns[];
  readonly changed: readonly { readonly keys: Columns; readonly row: CompanyRow; readonly columns: Columns }[];
  readonly added: readonly Columns[];
}

/**
 * Which stored row is which line, by the key columns. Where several have the same key, only all of them together can be told apart
 * from the others: if they differ from what is stored, they are deleted and added anew.
 */
export function pairLines(
  stored: readonly CompanyRow[],
  lines: readonly Columns[],
  keyColumns: readonly string[],
  isSame: (row: CompanyRow, columns: Columns) => boolean,
): PairedLines {
  const storedByKey = Map.groupBy(stored, (row) => keyText(row, keyColumns));
  const linesByKey = Map.groupBy(lines, (line) => keyText(line, keyColumns));
  const paired = { gone: [] as Columns[], changed: [] as PairedLines['changed'][number][], added: [] as Columns[] };
  for (const key of new Set([...storedByKey.keys(), ...linesByKey.keys()])) {
    const rows = storedByKey.get(key) ?? [];
    const wanted = linesByKey.get(key) ?? [];
    const keys = pick(rows[0] ?? {}, keyColumns);
    const [row] = rows;
    const [columns] = wanted;
    const isOneEach = rows.length === 1 && wanted.length === 1;
    if (rows.length === wanted.length && rows.every((each, index) => isSame(each, wanted[index] ?? {}))) continue;
    if (isOneEach && row !== undefined && columns !== undefined) {
      paired.changed.push({ keys, row, columns });
      continue;
    }
    if (rows.length > 0) paired.gone.push(keys);
    paired.added.push(...wanted);
  }
  return paired;
}

function keyText(row: Columns, keyColumns: readonly string[]): string {
  return JSON.stringify(keyColumns.map((column) => (row[column] == null ? null : String(row[column]))));
}

function pick(row: CompanyRow, columns: readonly string[]): Columns {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}
