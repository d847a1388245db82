import type { FailureReason } from '../errors.ts';
import type { EventType } from '../messages/order-event.ts';

/** What the ledger keeps of a delivery: the ledger has a row per order, and answers "where is order N?" */
export interface EventInfo {
  /** The order number or shop id in the event. */
  readonly reference: string;
  readonly event: EventType;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly receivedAt: Date;
}

/** How a failed attempt ends: another one follows, or a person is needed. */
export const FAILURE_OUTCOMES = ['retrying', 'dead-lettered'] as const;

/** Where an order stands after its last delivery; `discarded` once a person has given up on its dead letter. */
export const LEDGER_STATES = ['synced', ...FAILURE_OUTCOMES, 'discarded'] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

/** A delivery that failed, or that a person gave up on. */
export interface LedgerFailure {
  readonly eventInfo: EventInfo;
  readonly state: Exclude<LedgerState, 'synced'>;
  readonly reason: FailureReason;
  readonly message: string;
  readonly failedAt: Date;
}

/** Which orders to list. */
export interface OrderFilter {
  /** Touched at this time or later. */
  readonly since?: Date;
  readonly state?: LedgerState;
  /** Only orders cancelled after picking began. */
  readonly conflictsOnly?: boolean;
  readonly limit: number;
}

/** Where an order is: its ledger row, and what the internal system holds of it now. Times are UTC instants. */
export interface OrderRecord {
  readonly reference: string;
  readonly orderNumber: string | null;
  readonly shopOrderId: string | null;
  readonly state: LedgerState;
  readonly attempts: number;
  readonly lastEvent: EventType;
  /** `reason: message` of the last failure; null when the last attempt succeeded. */
  readonly lastError: string | null;
  readonly receivedAt: string;
  readonly fetchedAt: string | null;
  readonly syncedAt: string | null;
  readonly stored: StoredOrder | null;
}

export interface StoredOrder {
  readonly status: string;
  readonly currency: string;
  readonly grandTotal: string;
  readonly placedAt: string;
  readonly paidAt: string | null;
  readonly cancelledAt: string | null;
  readonly updatedAt: string;
  readonly fulfilmentStatus: string;
  readonly cancelConflict: boolean;
  readonly totalsMismatch: boolean;
  readonly lines: number;
  /** The canonical order as it was written, as JSON text. Holds personal data: never log it. */
  readonly document: string;
}

/** A failure as the ledger words it. */
export function ledgerError({ reason, message }: Pick<LedgerFailure, 'reason' | 'message'>): string {
  return `${reason}: ${message}`;
}
