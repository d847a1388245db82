import { z } from 'zod';
import { isNone, refuse } from './fields.ts';
import { sentAs } from './json-forms.ts';

/**
 * A list whose check ends at its first wrong item. `z.array` checks them all and describes each fault: a reply of a million
 * broken lines, which fits into 5 MB, would cost gigabytes and seconds.
 */
export function listOf<T extends z.ZodType>(schema: T) {
  const items = itemsOf(schema);
  return sentAs(
    { listOf: schema, orNone: false },
    z.transform((value: z.input<T>[], context): z.output<T>[] => items(value, context, 'a list')),
  );
}

/** The same; empty if there is none. */
export function optionalListOf<T extends z.ZodType>(schema: T) {
  const items = itemsOf(schema);
  return sentAs(
    { listOf: schema, orNone: true },
    z.transform((value: z.input<T>[] | null | undefined, context): z.output<T>[] =>
      isNone(value) ? [] : items(value, context, 'null or a list'),
    ),
  );
}

type Context = Parameters<typeof refuse>[0];

function itemsOf<T extends z.ZodType>(schema: T) {
  const item = z.compile(schema);
  return (value: unknown, context: Context, expected: string): z.output<T>[] => {
    const given = asList(value);
    if (given === undefined) return refuse(context, expected, value);
    const items: z.output<T>[] = [];
    for (const [index, element] of given.entries()) {
      const parsed = item.safeParse(element);
      if (!parsed.success) {
        for (const { message, path } of parsed.error.issues) {
          context.issues.push({ code: 'custom', message, path: [index, ...path], input: undefined });
        }
        return z.NEVER;
      }
      items.push(parsed.data);
    }
    return items;
  };
}

/** PHP writes a list with gaps, as array_filter leaves them, as an object: {"0":…,"2":…}. Lua writes an empty one as {}. */
export function asList(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.keys(value).every((key) => /^\d+$/.test(key)) ? Object.values(value) : undefined;
}
