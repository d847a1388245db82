import type { Fields } from './fields.ts';
import { sum } from './money.ts';

/**
 * The parts of an order in the order of their ids, oldest first. Many shops return them as their database happens to: without
 * this, an order that has not changed would look like one that has.
 */
export function byId(parts: readonly Fields[]): Fields[] {
  return parts.toSorted((a, b) => compare(a.id('id'), b.id('id')));
}

/** The exact sum of one field of the parts. */
export function sumOf(parts: readonly Fields[], name: string): string {
  return sum(...parts.map((part) => part.money(name)));
}

/** Numbers by their value; all others are of one length. */
function compare(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
