/**
 * The `reference` of a ledger row: an order's number, once it was synced; for a failure, the event's name for the order
 * behind a mark that no order number begins with. So neither is ever taken for the other.
 */
const FAILED = '?';

export function failureKey(reference: string): string {
  return `${FAILED}${reference}`;
}

/** The order's number, or the event's name for it. */
export function referenceOf(key: string): string {
  return key.startsWith(FAILED) ? key.slice(FAILED.length) : key;
}
