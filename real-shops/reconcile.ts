import type { OrderSync } from './daemon.ts';

/**
 * 0: shop and internal system agree, or do from now on. 1: an order could not be brought up to date, and the comparison says which;
 * but Node ends with 1 as well when the program crashes.
 */
const STATUSES = [0, 1];

/** @throws Error unless the scan went through to its end */
export async function reconcile(orderSync: Pick<OrderSync, 'command'>, ...options: readonly string[]): Promise<void> {
  const output = await orderSync.command(['reconcile', '--json', ...options], STATUSES);
  if (!isWholeReport(output))
    throw new Error(`order-sync reconcile ended without a whole report:\n${output.slice(-2_000)}`);
}

/** Its last words are those of a scan that did not stop half-way, and nothing comes after them. */
function isWholeReport(output: string): boolean {
  return output.trimEnd().endsWith('"error":null}');
}
