import type { OrderRecord } from '../../internal-system/ledger.ts';
import type { ShownRecord } from '../../internal-system/shown-record.ts';
import { visible } from './output.ts';

/** What a person should look into. Empty for most orders. */
export function warningsOf({ stored }: Pick<OrderRecord, 'stored'> | ShownRecord): string[] {
  if (stored === null) return [];
  return [
    ...(stored.cancelConflict
      ? [`cancelled after picking began (fulfilment: ${visible(stored.fulfilmentStatus)}): stop the parcel`]
      : []),
    ...(stored.totalsMismatch ? ['the amounts do not add up'] : []),
  ];
}

/** `reason: message`, as the ledger stores it → `message (reason)`. */
export function plainError(lastError: string): string {
  const [, reason, message] = /^([a-z_]+): (.*)$/s.exec(lastError) ?? [];
  return visible(reason === undefined || message === undefined ? lastError : `${message} (${reason})`);
}

export function reasonOf(lastError: string): string {
  return visible(/^([a-z_]+): /.exec(lastError)?.[1] ?? lastError);
}

/** The names that an order goes by: its number, the shop's id, and the name that an event used. */
export function namesOf({
  orderNumber,
  shopOrderId,
  reference,
}: Pick<OrderRecord, 'orderNumber' | 'shopOrderId' | 'reference'>): string[] {
  return [...new Set([orderNumber, shopOrderId, reference])].filter((name) => name !== null);
}
