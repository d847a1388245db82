import type { StoredOrder } from './daemon.ts';
import type { ExpectedOrder } from './expected-order.ts';

/** Every field that is not stored as the shop has it, in words. @param status what the merchant calls the order */
export function differences(expected: ExpectedOrder, status: string | undefined, stored?: StoredOrder): string[] {
  if (stored === undefined) return ['is not stored'];
  const wrong = Object.entries({ ...expected.fields, ...(status === undefined ? {} : { status }) }).flatMap(
    ([path, value]) => {
      const found = at(stored.document, path);
      return isSame(value, found) ? [] : [`${path}: the shop has ${shown(value)}, stored is ${shown(found)}`];
    },
  );
  return stored.isFlagged ? [...wrong, 'its amounts do not add up'] : wrong;
}

function isSame(expected: unknown, found: unknown): boolean {
  if (expected === null) return found === null || found === undefined;
  if (typeof expected === 'number') return found !== null && found !== '' && Number(found) === expected;
  return found === expected;
}

function at(document: unknown, path: string): unknown {
  let value = document;
  for (const name of path.split('.')) {
    if (typeof value === 'string' && name === 'length') return value.length;
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
