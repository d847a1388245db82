import type { EventInfo, LedgerFailure } from '../../../src/internal-system/ledger.ts';

type FailureOverrides = Partial<Omit<LedgerFailure, 'eventInfo'>> & { readonly eventInfo?: Partial<EventInfo> };

/** A delivery of this order that failed. */
export function aFailure(reference: string, { eventInfo, ...overrides }: FailureOverrides = {}): LedgerFailure {
  return {
    eventInfo: { reference, event: 'paid', attempt: 1, receivedAt: new Date('2026-11-22T08:00:06.001Z'), ...eventInfo },
    state: 'retrying',
    reason: 'shop_timeout',
    message: 'The shop took too long.',
    failedAt: new Date('2026-11-22T08:00:16.002Z'),
    ...overrides,
  };
}
