/** So that two transactions lock rows in the same order. */
export function sortedUnique(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort();
}

/** Of several rows with one key, the last: one statement can't write both. Sorted by key. */
export function lastOfEach<T>(rows: readonly T[], keyOf: (row: T) => string): T[] {
  const last = new Map(rows.map((row) => [keyOf(row), row]));
  return sortedUnique(last.keys()).flatMap((key) => last.get(key) ?? []);
}
