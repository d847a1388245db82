import type { Snapshot, WriteResult } from '../../../src/internal-system/internal-system.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';

export const NOON = '2026-11-22T12:00:00.000Z';
export const LATER = '2026-11-22T12:00:00.001Z';

/** Snapshots of these orders, all with this `updatedAt`. */
export function versions(updatedAt: string, ...numbers: string[]): Snapshot[] {
  return numbers.map((orderNumber) => aSnapshot({ order: { orderNumber, updatedAt } }));
}

/** The outcomes of a write, or what it threw. */
export function outcomesOf(write: Promise<readonly WriteResult[]>): Promise<unknown> {
  return write.then(
    (results) => results.map((result) => result.outcome),
    (error: unknown) => error,
  );
}
