import type { InternalSystemConfig } from '../internal-system/create-internal-system.ts';
import { recall } from './recall.ts';
import { scopeOf } from './scope.ts';

/** An order that was acked, and that the database does not have, or not as it was. */
export interface ForgottenOrder {
  /** A UTC instant. */
  readonly ackedAt: string;
  /** Whether the daemon has noticed, and asked for it. */
  readonly isBeingFetched: boolean;
}

export interface Memory {
  readonly shopName: string;
  readonly internalSystem: InternalSystemConfig;
  readonly ackMemoryFile: string;
}

/**
 * Looks an order up in the daemon's memory, which may be that of another process.
 *
 * @param isKnown the database knows the order by this name: then only what the daemon has noticed counts, as the memory alone does
 *   not show what was done on purpose
 * @returns null where nothing was forgotten, or there is no memory at hand
 */
export function forgottenOrder(
  { shopName, internalSystem, ackMemoryFile }: Memory,
  reference: string,
  isKnown: boolean,
): ForgottenOrder | null {
  const orders = recall(ackMemoryFile, scopeOf(shopName, internalSystem), reference);
  const order = orders.findLast(({ forgottenAt }) => !isKnown || forgottenAt !== null);
  if (order === undefined) return null;
  return { ackedAt: new Date(order.ackedAt).toISOString(), isBeingFetched: order.askedAt !== null };
}
