import { storable } from '../../internal-system/newest-wins.ts';
import type { Order } from '../../orders/order.ts';
import { isPersonal } from '../cli/personal-fields.ts';

/** A field that differs between the two sides. */
export interface Difference {
  /** Such as `lines[0].quantity`. */
  readonly path: string;
  /** As JSON; undefined if this side lacks the field, `(personal)` if its value is about a person. */
  readonly stored: string | undefined;
  readonly shop: string | undefined;
}

const PERSONAL = '(personal)';

/**
 * Compares the document in the internal system with the order in the shop, field by field.
 *
 * @param document the stored order as JSON text; undefined if none is stored, so that every field of the shop's differs
 * @throws SyntaxError if it isn't JSON
 */
export function differences(document: string | undefined, order: Order): Difference[] {
  const stored = document === undefined ? new Map<string, string>() : flatten(JSON.parse(document));
  // Through JSON, because that is how it would be stored.
  const shop = flatten(JSON.parse(JSON.stringify(order)));
  const paths = [...new Set([...stored.keys(), ...shop.keys()])];
  return paths
    .filter((path) => stored.get(path) !== shop.get(path))
    .map((path) => ({ path, stored: masked(path, stored.get(path)), shop: masked(path, shop.get(path)) }));
}

function masked(path: string, value: string | undefined): string | undefined {
  return value !== undefined && isPersonal(path) ? PERSONAL : value;
}

/** Path → value as JSON. An empty list or object counts as a value, so that it differs from a missing one. */
function flatten(value: unknown, path = '', flat = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null) return flat.set(path, JSON.stringify(storable(value)));
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [`${path}[${index}]`, item])
    : Object.entries(value).map(([key, item]) => [`${path === '' ? '' : `${path}.`}${storable(key)}`, item]);
  if (entries.length === 0) return flat.set(path, Array.isArray(value) ? '[]' : '{}');
  for (const [at, item] of entries) flatten(item, at, flat);
  return flat;
}
