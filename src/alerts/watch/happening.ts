import type { FailureReason } from '../../errors.ts';
import type { Conflict } from '../../internal-system/conflicts.ts';
import type { ScanKind } from '../../internal-system/reconciliation-store.ts';

/** Whose outage it is. The ERP behind a ledger counts as the internal system. */
export type Part = 'shop' | 'internal-system' | 'rabbitmq';

/** `down`: it does not answer, or fails for everyone; `refused`: our credentials; `turned_away`: us, for these or another reason; `limited`: the rate of requests; `unserved`: it answers, and can't. */
export type OutageCause = 'down' | 'refused' | 'turned_away' | 'limited' | 'unserved';

/** What lasts. Its beginning is told once it has lasted for a while, and its end if its beginning was told. */
export interface TroubleFacts {
  readonly outage: { readonly part: Part; readonly cause: OutageCause; readonly detail: string };
  /** RabbitMQ takes no messages from anyone. */
  readonly broker_alarm: { readonly reason: string };
  /** A retry queue, or the dead-letter queue, takes nothing. */
  readonly queue_refuses: { readonly queue: string; readonly detail: string };
  readonly stalled: { readonly inFlight: number };
  /** The shop gets 503. `full`: as many wait on disk as may; `failed`: the disk can't be written. */
  readonly webhooks_refused: { readonly cause: 'full' | 'failed' };
  /** The shop has switched a webhook off. */
  readonly webhook_off: { readonly topic: string };
  /** Any other sentence of the shop's: in English. */
  readonly shop_warning: { readonly warning: string };
  readonly reconciliation_fails: { readonly scan: ScanKind; readonly detail: string };
  /** No paid order, in business hours. */
  readonly silence: { readonly lastPaid: PaidOrder | null };
  /** A person has paused all daemons of the shop, and seems to have forgotten it. */
  readonly pause: { readonly by: string; readonly reason: string | null };
}
export type TroubleKind = keyof TroubleFacts;
export type Trouble<K extends TroubleKind = TroubleKind> = { [T in K]: { readonly kind: T } & TroubleFacts[T] }[K];

/** What is so for all daemons of a shop. */
export type SharedTrouble = Trouble<'webhook_off' | 'shop_warning' | 'pause'>;

export interface PaidOrder {
  readonly orderNumber: string;
  /** UTC instant. */
  readonly at: string;
}

/** What is over in a moment: it needs a person, or makes good what an earlier one said. */
export interface IncidentFacts {
  readonly dead_letters: { readonly of: 'orders' | 'shipments'; readonly reasons: readonly ReasonCount[] };
  /** The warehouse must hear of these: parcels to be stopped, and others to be checked. */
  readonly conflicts: { readonly stop: ConflictList; readonly check: ConflictList };
  /** The warehouse still sees them as they were. */
  readonly cancellations_pending: OrderList;
  /** Reconciliation found and brought in what no event told. */
  readonly orders_missed: OrderList;
  readonly orders_differ: { readonly newer: OrderList; readonly unreadable: OrderList };
  readonly database_forgot: OrderList;
  readonly database_recovered: { readonly returned: number; readonly failed: number };
  /** It had ended without being stopped: a crash, a kill, a power cut. */
  readonly restarted: { readonly times: number };
  /** It has ended, and cannot be started before a person has changed something. */
  readonly gave_up: { readonly detail: string };
}
export type IncidentKind = keyof IncidentFacts;
export type Incident<K extends IncidentKind = IncidentKind> = { [T in K]: { readonly kind: T } & IncidentFacts[T] }[K];

/** The first few by their numbers, and how many there are in all. */
export interface OrderList {
  readonly count: number;
  readonly orders: readonly string[];
}

export interface ReasonCount extends OrderList {
  readonly reason: FailureReason;
}

export interface ConflictList {
  readonly count: number;
  readonly orders: readonly { readonly orderNumber: string; readonly conflicts: readonly Conflict[] }[];
}
