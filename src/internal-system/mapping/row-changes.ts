import type { CompanyRow } from './mapping.ts';

/** What a mapping did to one row, as the database holds it before and after; or a statement of its own that it ran. */
export type RowChange =
  | {
      readonly table: string;
      readonly keys: CompanyRow;
      /** Null for a row that is new. */
      readonly before: CompanyRow | null;
      /** Null for a row that is deleted. */
      readonly after: CompanyRow | null;
    }
  | { readonly statement: string };

/** The columns that a change changes; of a new row, all that hold something. */
export function changedColumns({ before, after }: Pick<Exclude<RowChange, { statement: string }>, 'before' | 'after'>) {
  const names = Object.keys(after ?? before ?? {});
  return names.filter((name) => shown(before?.[name]) !== shown(after?.[name]));
}

/** Text of a value; undefined for null and for a row that is not there. */
export function shown(value: CompanyRow[string] | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  return value instanceof Date ? value.toISOString() : String(value);
}
