import { CONFLICT_WORDS, type Conflict, stopsParcel } from '../../internal-system/conflicts.ts';
import { conflictsOf, ledgerReason, type OrderRecord } from '../../internal-system/ledger.ts';
import { type PendingCancellation, pendingCancellation } from '../../internal-system/pending-cancellation.ts';
import type { ShownRecord } from '../../internal-system/shown-record.ts';
import { visible } from './output.ts';

/**
 * What a person should look into, most urgent first. Empty for most orders.
 *
 * @param records all that are known by the same name
 */
export function warningsOf(
  record: OrderRecord | ShownRecord,
  records: readonly (OrderRecord | ShownRecord)[],
): string[] {
  const { stored } = record;
  if (stored === null) return [];
  const pending = pendingCancellation(record, records);
  const conflicts = conflictsOf(stored);
  const sincePicking = conflicts.filter((conflict) => conflict !== 'gone');
  const fulfilment = `(fulfilment: ${visible(stored.fulfilmentStatus)})`;
  return [
    ...(pending === undefined ? [] : [cancellationWords(pending, stored.status)]),
    ...(sincePicking.length > 0
      ? [`${wordsOf(sincePicking)} after picking began ${fulfilment}: ${parcelWords(sincePicking)}`]
      : []),
    ...(conflicts.includes('gone') ? [`${wordsOf(['gone'])} ${fulfilment}: ${parcelWords(['gone'])}`] : []),
    ...(stored.totalsMismatch ? ['the amounts do not add up'] : []),
    ...(stored.forgottenAt == null ? [] : [`its buyer was forgotten on ${stored.forgottenAt.slice(0, 10)} (UTC)`]),
  ];
}

function cancellationWords(pending: PendingCancellation, status: string): string {
  if (pending === 'undelivered') return 'the ERP does not know yet that this order is cancelled: stop it';
  return `the cancellation did not get through; the warehouse still sees the order as ${visible(status)}: stop it`;
}

function wordsOf(conflicts: readonly Conflict[]): string {
  return conflicts.map((conflict) => CONFLICT_WORDS[conflict]).join(', ');
}

/** What the warehouse has to do. */
export function parcelWords(conflicts: readonly Conflict[]): string {
  return stopsParcel(conflicts) ? 'stop the parcel' : 'check the parcel';
}

/** `reason: message`, as the ledger stores it → `message (reason)`. */
export function plainError(lastError: string): string {
  const [, reason, message] = /^([a-z_]+): (.*)$/s.exec(lastError) ?? [];
  return visible(reason === undefined || message === undefined ? lastError : `${message} (${reason})`);
}

export function reasonOf(lastError: string): string {
  return visible(ledgerReason(lastError) ?? lastError);
}
