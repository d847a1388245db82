import { z } from 'zod';
import { isNone, refuse } from './fields.ts';
import { sentAs } from './json-forms.ts';
import { objectReader, readBy } from './readers.ts';

/**
 * A list whose check ends at its first wrong item. `z.array` checks them all and describes each fault: a reply of a million
 * broken lines, which fits into 5 MB, would cost gigabytes and seconds.
 */
export function listOf<T extends z.ZodObject>(schema: T) {
  const items = itemsOf(schema);
  return sentAs(
    { listOf: schema, orNone: false },
    readBy(
      z.transform((value: z.input<T>[], context): z.output<T>[] => items.check(value, context, 'a list')),
      items.read,
    ),
  );
}

/** The same; empty if there is none. */
export function optionalListOf<T extends z.ZodObject>(schema: T) {
  const items = itemsOf(schema);
  return sentAs(
    { listOf: schema, orNone: true },
    readBy(
      z.transform((value: z.input<T>[] | null | undefined, context): z.output<T>[] =>
        isNone(value) ? [] : items.check(value, context, 'null or a list'),
      ),
      (value) => (isNone(value) ? [] : items.read(value)),
    ),
  );
}

type Context = Parameters<typeof refuse>[0];

function itemsOf<T extends z.ZodObject>(schema: T) {
  const readItem = objectReader(schema);
  return {
    read(value: unknown): z.output<T>[] | undefined {
      const given = asList(value);
      if (given === undefined) return undefined;
      const items: z.output<T>[] = [];
      for (const element of given) {
        const item = readItem(element);
        if (item === undefined) return undefined;
        items.push(item);
      }
      return items;
    },
    check(value: unknown, context: Context, expected: string): z.output<T>[] {
      const given = asList(value);
      if (given === undefined) return refuse(context, expected, value);
      const items: z.output<T>[] = [];
      for (const [index, element] of given.entries()) {
        const item = readItem(element);
        const parsed = item === undefined ? schema.safeParse(element) : { success: true as const, data: item };
        if (!parsed.success) {
          for (const { message, path } of parsed.error.issues) {
            context.issues.push({ code: 'custom', message, path: [index, ...path], input: undefined });
          }
          return z.NEVER;
        }
        items.push(parsed.data);
      }
      return items;
    },
  };
}

/** PHP writes a list with gaps, as array_filter leaves them, as an object: {"0":…,"2":…}. Lua writes an empty one as {}. */
export function asList(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.keys(value).every((key) => /^\d+$/.test(key)) ? Object.values(value) : undefined;
}
