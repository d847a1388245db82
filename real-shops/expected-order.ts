/**
 * What an order's stored document has to say, by path: `totals.grand`, `lines.0.sku`, `lines.length`. Amounts are compared as
 * numbers, everything else as text; null is what has to be unknown.
 */
export interface ExpectedOrder {
  readonly shopOrderId: string;
  readonly fields: Fields;
}

export type Fields = Readonly<Record<string, string | number | boolean | null>>;

/** The fields of a list's items, such as `lines.0.sku`. */
export function fieldsOf<T>(path: string, items: readonly T[], of: (item: T) => Fields): Fields {
  return Object.fromEntries(
    items.flatMap((item, index) =>
      Object.entries(of(item)).map(([name, value]) => [`${path}.${index}.${name}`, value] as const),
    ),
  );
}
