import { SyncError } from '../../errors.ts';
import type { Fields } from './fields.ts';
import { type Amount, minus, sum } from './money.ts';

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
 * @throws SyncError `shop_bad_reply` when the parts do not make up the total: the order is looked at again
 */
export function assertWhole(total: Amount, ...parts: readonly Amount[]): void {
  if (Math.abs(Number(minus(total, ...parts))) < NOISE) return;
  throw new SyncError('shop_bad_reply', 'The shop shows this order in parts: its lines do not make up its total yet.');
}

/** What floats may be off by. */
const NOISE = 0.001;

/** Numbers by their value; all others are of one length. */
function compare(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
