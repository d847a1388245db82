import type { Fields } from './fields.ts';

/**
 * The parts of an order in the order of their ids, oldest first. Many shops return them as their database happens to: without
 * this, an order that has not changed would look like one that has.
 */
export function byId(parts: readonly Fields[]): Fields[] {
  return parts.toSorted((a, b) => compare(a.id('id'), b.id('id')));
}

/** Numbers by their value; all others are of one length. */
function compare(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
