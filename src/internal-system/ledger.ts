import type { FailureReason } from '../errors.ts';
import type { EventType } from '../messages/order-event.ts';

/** The ledger: one row per order, with its last event, state, attempts and times. It answers "where is order N?" */

/** What the ledger keeps of a delivery. */
export interface EventInfo {
  /** What the event named: order number or shop id. */
  readonly reference: string;
  readonly event: EventType;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly receivedAt: Date;
}

export interface LedgerFailure {
  readonly eventInfo: EventInfo;
  readonly state: 'retrying' | 'dead-lettered' | 'discarded';
  readonly reason: FailureReason;
  readonly message: string;
  readonly failedAt: Date;
}

export const LEDGER_STATES = ['synced', 'retrying', 'dead-lettered', 'discarded'] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

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
  /** `reason: message` of the last failure; null when the last attempt went well. */
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

/** How a failure reads in the ledger. */
export function ledgerError({ reason, message }: Pick<LedgerFailure, 'reason' | 'message'>): string {
  return `${reason}: ${message}`;
}
