import { z } from 'zod';

/**
 * A list whose check ends at its first wrong item. `z.array` checks them all and describes each fault: a reply of a million
 * broken lines, which fits into 5 MB, would cost gigabytes and seconds.
 */
export function listOf<T extends z.ZodType>(schema: T) {
  const item = z.compile(schema);
  return z.transform((value: z.input<T>[], context): z.output<T>[] => {
    const given: unknown = value;
    if (!Array.isArray(given)) {
      context.issues.push({ code: 'custom', message: 'expected a list', input: undefined });
      return z.NEVER;
    }
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
  });
}
