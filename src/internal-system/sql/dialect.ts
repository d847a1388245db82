/** Whose SQL it is. MariaDB counts as MySQL. */
export type Dialect = 'sqlite' | 'postgres' | 'mysql';

/** An identifier that is taken as it is, whatever it contains. */
export function quoted(dialect: Dialect, name: string): string {
  const mark = dialect === 'mysql' ? '`' : '"';
  return `${mark}${name.replaceAll(mark, mark + mark)}${mark}`;
}

/** `orders` or `schema.orders` → its parts. */
export function tableParts(table: string): { readonly schema: string | null; readonly name: string } {
  const point = table.indexOf('.');
  return point === -1 ? { schema: null, name: table } : { schema: table.slice(0, point), name: table.slice(point + 1) };
}

export function quotedTable(dialect: Dialect, table: string): string {
  const { schema, name } = tableParts(table);
  return schema === null ? quoted(dialect, name) : `${quoted(dialect, schema)}.${quoted(dialect, name)}`;
}
