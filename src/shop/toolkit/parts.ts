import { SyncError } from '../../errors.ts';
import { minus, sum } from '../../orders/amounts.ts';
import type { Fields } from './fields.ts';

/**
 * The parts of an order in the order of their ids, oldest first. Many shops return them as their database happens to: without
 * this, an order that has not changed would look like one that has.
 */
export function byId(parts: readonly Fields[]): Fields[] {
  return parts.toSorted((a, b) => compare(a.id('id'), b.id('id')));
}

/** The lists that each of the parts has under a name, as one list by id; a part need not have one. */
export function inEach(parts: readonly Fields[], name: string): Fields[] {
  return byId(parts.flatMap((part) => part.list(name, [])));
}

/** The exact sum of one field of the parts. */
export function sumOf(parts: readonly Fields[], name: string): string {
  return sum(...parts.map((part) => part.money(name)));
}

/**
 * An order that was placed a moment ago may show in parts, and one without its lines would be one over 0, which is paid.
 *
 * @param totals the order's field → the list whose items' `total` make it up
 * @returns nothing to add to the order, for `ShopDefinition.complete`
 * @throws SyncError `shop_bad_reply` when they do not: the order is looked at again
 */
export function assertWhole(order: Fields, totals: Readonly<Record<string, string>>): object {
  for (const [total, list] of Object.entries(totals)) {
    const missing = Number(minus(order.money(total), sumOf(order.list(list), 'total')));
    if (Math.abs(missing) < NOISE) continue;
    throw new SyncError(
      'shop_bad_reply',
      `The shop shows this order in parts: its ${list} do not make up ${total} yet.`,
    );
  }
  return {};
}

/** What floats may be off by. */
const NOISE = 0.001;

/** Numbers by their value; all others are of one length. */
function compare(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
