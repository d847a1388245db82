import type { FailureReason } from '../errors.ts';
import type { EventType } from '../messages/order-event.ts';
import type { Order } from '../orders/order.ts';
import { type Conflict, NO_CONFLICTS } from './conflicts.ts';

/**
 * What the ledger keeps of a delivery. It answers "where is order N?" with a row for each order that was synced, under its
 * number, and one for each reference whose last event failed. Which order a reference means is known only once the shop has
 * answered, so a failure never touches an order's row: the number of one order may be the shop's id of another.
 */
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

/**
 * Where an order stands after its last delivery; `undelivered` while it is stored and the ERP behind the ledger has not got it;
 * `discarded` once a person has given up on its dead letter.
 */
export const LEDGER_STATES = ['synced', 'undelivered', ...FAILURE_OUTCOMES, 'discarded'] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

/** Those after a delivery that stored the order. */
export const WRITTEN_STATES = ['synced', 'undelivered'] as const satisfies LedgerState[];

/** A delivery that failed, or that a person gave up on. */
export interface LedgerFailure {
  readonly eventInfo: EventInfo;
  /** The order that the shop answered with, if it failed after that. */
  readonly order?: Pick<Order, 'orderNumber' | 'shopOrderId'> | undefined;
  readonly state: Exclude<LedgerState, 'synced' | 'undelivered'>;
  readonly reason: FailureReason;
  readonly message: string;
  readonly failedAt: Date;
}

/** What orders are listed by: their latest activity, or when the buyer placed them. */
export const LISTED_BY = ['activity', 'placed'] as const;
export type ListedBy = (typeof LISTED_BY)[number];

/** Which orders. */
export interface OrderCriteria {
  /** The time that `since` and `until` are about, and the list's order. By `placed`, it has stored orders alone. @defaultValue 'activity' */
  readonly by?: ListedBy;
  /** At this time or later. */
  readonly since?: Date;
  /** Before this time. */
  readonly until?: Date;
  readonly state?: LedgerState;
  /** Only stored orders with an open conflict. */
  readonly conflictsOnly?: boolean;
  /** Only stored orders whose amounts do not add up. */
  readonly mismatchOnly?: boolean;
  /** Only stored orders that the ERP behind the ledger has not got, or not as they are now. */
  readonly undeliveredOnly?: boolean;
}

/** Which orders to list, and which page of them. */
export interface OrderFilter extends OrderCriteria {
  /** The `cursor` of an order in an earlier page: what follows it is listed. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * Where an order is: its latest ledger row, and what the internal system holds of it now. With no order number, it is an event
 * that failed before the shop said which order it means. Times are UTC instants.
 */
export interface OrderRecord {
  /** The order's number, or the name by which the last event failed. */
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
  /** When the ledger last noted something of it: with `retrying`, the end of the last attempt. */
  readonly notedAt?: string;
  /** In a list: where its next page goes on after this order. Absent if the internal system lists no further pages. */
  readonly cursor?: string;
  readonly stored: StoredOrder | null;
}

/** How an order goes by a name. `event`: it is not known which order the name means. */
export type Match = 'order-number' | 'shop-id' | 'former-number' | 'event';

export function matchOf({ orderNumber, shopOrderId }: OrderRecord, name: string): Match {
  if (orderNumber === null) return 'event';
  if (orderNumber === name) return 'order-number';
  return shopOrderId === name ? 'shop-id' : 'former-number';
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
  /** Whether a conflict is open, of whatever kind: named after the first kind there was. */
  readonly cancelConflict: boolean;
  /** In the order they arose. @defaultValue `['cancelled']` with `cancelConflict` */
  readonly conflicts?: readonly Conflict[];
  /** When the first of them arose. */
  readonly conflictAt?: string | null;
  /** When its buyer was forgotten: from then on it is stored without them. */
  readonly forgottenAt?: string | null;
  readonly totalsMismatch: boolean;
  readonly lines: number;
  /** Absent where no ERP gets the orders from here. */
  readonly erp?: ErpRecord;
  /** The canonical order as it was written, as JSON text. Holds personal data: never log it. */
  readonly document: string;
}

/** What the ERP behind the ledger has of an order. */
export interface ErpRecord {
  /** The ERP's own name for the order; null while it has given none. */
  readonly id: string | null;
  /** Of what is stored: 1 for the first content of the order, and one more with each change. */
  readonly revision: number;
  /** Of what the ERP has; null if it never got the order for certain. */
  readonly deliveredRevision: number | null;
  readonly deliveredAt: string | null;
  /** What the ERP does differently. */
  readonly note: string | null;
  /** A delivery began, and nobody knows how it ended: the ERP may have more than that. */
  readonly isUncertain: boolean;
}

export function isDelivered({ revision, deliveredRevision }: ErpRecord): boolean {
  return revision === deliveredRevision;
}

export function conflictsOf({ cancelConflict, conflicts }: Pick<StoredOrder, 'cancelConflict' | 'conflicts'>) {
  return cancelConflict ? (conflicts ?? (['cancelled'] as const)) : NO_CONFLICTS;
}

/** A failure as the ledger words it. */
export function ledgerError({ reason, message }: Pick<LedgerFailure, 'reason' | 'message'>): string {
  return `${reason}: ${message}`;
}

/** The other way round. */
export function ledgerReason(lastError: string): string | undefined {
  return /^([a-z_]+): /.exec(lastError)?.[1];
}
