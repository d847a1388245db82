import type { ForgottenOrder } from '../../ack-memory/forgotten-order.ts';
import type { DeadLetterSummary } from '../../dead-letters/summary.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import type { Dependency, FailureReason } from '../../errors.ts';
import type { Conflict } from '../../internal-system/conflicts.ts';
import type { Match, OrderRecord, StoredOrder } from '../../internal-system/ledger.ts';
import type { Pause } from '../../internal-system/pause-store.ts';
import type { PendingCancellation } from '../../internal-system/pending-cancellation.ts';
import type { ScanKind } from '../../internal-system/reconciliation-store.ts';
import type { SearchedPart, SearchHit } from '../../internal-system/search/search-by-text.ts';
import type { ShipmentRecord } from '../../internal-system/shipment-store.ts';
import type { ShownLine } from '../../internal-system/shown-record.ts';
import type { EventType } from '../../messages/order-event.ts';
import type { AdjustmentKind } from '../../orders/order.ts';
import type { DayTotals } from '../../reconcile/day-totals.ts';
import type { Finding } from '../../reconcile/report.ts';
import type { Role } from '../http/access.ts';

/** The messages between the dashboard's server and its page. Times are UTC instants as text, or ms since the epoch where noted. */

export type { ListedDaemon } from '../../internal-system/listed-daemons.ts';
export type { DaemonsAnswer } from './api/daemons-api.ts';

/** What the page asks for first. */
export interface Session {
  /** Null: not signed in. */
  readonly role: Role | null;
  /** Null: not signed in, or nobody is asked who they are. */
  readonly name: string | null;
  /** Whether the session can be ended here: not one that a proxy began. */
  readonly canSignOut: boolean;
  /** False if no token is configured: everyone may look, nobody may act. */
  readonly asksForToken: boolean;
  /** True if people sign in at a proxy alone: no token would be taken. */
  readonly signsInElsewhere: boolean;
  /** Whether the internal system keeps pauses. */
  readonly canPause: boolean;
  readonly shop: string;
  readonly queue: string;
  readonly version: string;
}

export const CONSUMPTION_STATES = [
  'starting',
  'running',
  'held',
  'paused',
  'disconnected',
  'refused',
  'blocked',
  'alarm',
  'stalled',
  'draining',
] as const;

/** Is the daemon consuming orders? `held`: a person has paused it. `paused`: a dependency is down. */
export interface Consumption {
  readonly state: (typeof CONSUMPTION_STATES)[number];
  readonly since: string;
  /** Which one is down, while paused. */
  readonly dependency?: Dependency;
  readonly reason?: FailureReason;
  /** Who has paused; it is `held` unless something else is the matter as well. */
  readonly pause?: Omit<Pause, 'since'>;
  /** What RabbitMQ says, while it is `refused` or has an `alarm`. */
  readonly said?: string;
}

/** A settled delivery. */
export interface DeliveryEvent {
  /** Grows by one with each. */
  readonly id: number;
  readonly at: string;
  /** The order number, or the name the event used; null for an event that names none, or several. */
  readonly order: string | null;
  /** The order's other name, once it was fetched. */
  readonly shopOrderId: string | null;
  readonly event: EventType | null;
  readonly outcome: Outcome | 'discarded';
  readonly reason?: FailureReason;
  /** What the warehouse must hear of. */
  readonly conflicts?: readonly Conflict[];
  /** From publish to commit, in ms; null if unknown. */
  readonly tookMs: number | null;
}

/** One bucket of a chart; `at` is its start in ms since the epoch, p50 and p95 are ms. */
export interface Bucket {
  readonly at: number;
  readonly orders: number;
  readonly deadLetters: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface Figures {
  /** Null while it is unknown: the queue is out of reach, or the broker is away. */
  readonly waiting: number | null;
  readonly retrying: number | null;
  readonly deadLetters: number | null;
  /** Orders with an open conflict, counted up to 1,000; null while it is unknown. */
  readonly conflicts: number | null;
  /** Events that RabbitMQ holds back although their delay is over; null while unknown, and without RABBITMQ_MANAGEMENT_URL. */
  readonly heldBack: number | null;
  /** Why one of the first three is null, unless the consumption says so. */
  readonly unknownBecause: string | null;
  readonly inFlight: number;
  readonly lastOrderAt: string | null;
  /** Null where no webhooks are configured. */
  readonly webhooks: { readonly lastAt: string | null; readonly spooled: number } | null;
  readonly lastHour: Bucket;
  readonly lastDay: Bucket;
}

/** The whole current state. */
export interface Snapshot {
  readonly now: string;
  readonly consumption: Consumption;
  readonly figures: Figures;
  /** Newest first. */
  readonly deliveries: readonly DeliveryEvent[];
  /** One bucket per minute. */
  readonly hour: readonly Bucket[];
  /** One bucket per 15 minutes. */
  readonly day: readonly Bucket[];
  /** Before this, the charts know nothing: the daemon did not run, or there is too much to look up. ms since the epoch */
  readonly knownSince: number;
  /** Before this, it is not known how long orders took: the daemon did not run. ms since the epoch */
  readonly timedSince: number;
}

/** What changed since the last tick: the newest deliveries, and the last buckets of each chart. */
export interface Tick extends Omit<Snapshot, 'knownSince' | 'timedSince'> {
  /** Deliveries since the last tick that are not among these. */
  readonly skipped: number;
}

/** An answer to "where is this order?" */
export interface OrderAnswer {
  readonly reference: string;
  readonly records: readonly FoundOrder[];
  /** It was acked, and the database has forgotten it; null: not as far as the daemon remembers. */
  readonly forgotten: ForgottenOrder | null;
}

export type FoundOrder = Omit<OrderRecord, 'stored'> & {
  /** How it goes by the name that was asked for. */
  readonly match: Match;
  /** When its last event was acked; null if that was before this daemon started, or by another one. */
  readonly ackedAt: string | null;
  /** A UTC instant; null if none follows, or it is not known. */
  readonly nextAttemptAt: string | null;
  /** Where its cancellation is, if staff do not see it yet: somebody may be packing the order. */
  readonly pendingCancellation: PendingCancellation | null;
  readonly stored: FoundContent | null;
  /** What left the warehouse, oldest first. */
  readonly shipments: readonly ShipmentRecord[];
  readonly details: OrderDetails | null;
};

/** An answer to "which orders do I mean?" */
export interface SearchAnswer {
  readonly parts: readonly (Omit<SearchedPart, 'hits'> & { readonly hits: readonly FoundBySearch[] })[];
  /** Parts of the text, beyond as many as are looked for. */
  readonly skipped: number;
}

/** An order in a list of several. */
export type FoundBySearch = Omit<SearchHit, 'record'> &
  Pick<OrderRecord, 'orderNumber' | 'shopOrderId' | 'state'> & {
    readonly stored: Pick<StoredOrder, 'status' | 'placedAt' | 'grandTotal' | 'currency'> | null;
    readonly buyer: Personal;
  };

/** The order as the internal system holds it, without personal data. */
export type FoundContent = Omit<StoredOrder, 'document' | 'lines'> & { readonly lines: readonly ShownLine[] };

/** A personal value: null if there is none, `hidden` if this role may not see it. */
export type Personal = string | null | { readonly hidden: true };

export interface OrderDetails {
  readonly buyer: Personal;
  readonly email: Personal;
  readonly phone: Personal;
  readonly address: Personal;
  readonly buyerNote: Personal;
  readonly cancelReason: Personal;
  readonly totals: {
    readonly [name in 'items' | 'shipping' | 'tax' | 'discount' | 'refunded' | 'grand']: string | null;
  };
  /** What else is part of the total: without their labels, as a gift card's may be worth money. */
  readonly adjustments: readonly { readonly kind: AdjustmentKind; readonly amount: string }[];
  readonly payments: readonly {
    readonly method: string | null;
    readonly amount: string | null;
    readonly paidAt: string | null;
  }[];
}

/** One dead letter, with the message as it was published. */
export interface DeadLetterDetails extends DeadLetterSummary {
  readonly publishedAt: string | null;
  readonly bytes: number;
  /** The text, or Base64 if it is not text; cut after 4096 bytes. */
  readonly content: Personal;
  readonly isText: boolean;
  readonly isCut: boolean;
}

export interface DeadLettersSettled {
  readonly done: number;
  readonly unmatched: readonly string[];
  /** Why it stopped before the end. */
  readonly error?: string;
}

export interface ReconciliationAnswer {
  readonly scans: readonly ScanAnswer[];
}

export interface ScanAnswer {
  readonly scan: ScanKind;
  /** What the scan would need; null if it is possible. */
  readonly missing: string | null;
  /** How often the daemon runs it, in ms; null: never. */
  readonly everyMs: number | null;
  readonly isRunning: boolean;
  readonly lastRun: ScanSummary | null;
}

/** The result of the last finished scan. */
export interface ScanSummary {
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly compared: number;
  readonly found: number;
  readonly known: number;
  readonly newer: number;
  readonly unreadable: number;
  readonly error: string | null;
  readonly since: string | null;
  readonly findings: readonly Finding[];
  readonly days: readonly DayTotals[];
}
