import type { Shipment } from '../orders/shipment.ts';
import type { Conflict } from './conflicts.ts';

/**
 * What a row of `order_shipments` has come to:
 *
 * - `new`: entered, or corrected, and not yet announced
 * - `sent`: an event for it is in the shipments' queue, waiting for its first attempt or the next
 * - `reported`: the shop has it
 * - `failed`: it was given up, and needs a person
 * - `conflict`: not reported, because the order was cancelled or refunded meanwhile
 */
export const SHIPMENT_STATES = ['new', 'sent', 'reported', 'failed', 'conflict'] as const;
export type ShipmentState = (typeof SHIPMENT_STATES)[number];

/** Which row: a shop's order, and the internal system's own name for the shipment. */
export interface ShipmentName {
  readonly orderNumber: string;
  readonly shipmentId: string;
}

/** A row as it was read. `content` is all that staff enter, in one text: it differs once the row is corrected. */
export interface ReadShipment extends ShipmentName {
  readonly content: string;
}

/** As it is entered, not yet checked: staff write rows by hand. */
export type EnteredShipment = Readonly<Record<keyof Shipment, unknown>>;

export interface TakenShipment extends ReadShipment {
  readonly entered: EnteredShipment;
  /** What the shop has by now. Null if it was never told. */
  readonly reportedContent: string | null;
  /** The tracking number of that. */
  readonly reportedTrackingNumber: string | null;
  /** Undefined if no order has this number here. `document` is the order as JSON text. */
  readonly order: { readonly shopOrderId: string; readonly status: string; readonly document: string } | undefined;
}

/** A shipment as people see it. Times are UTC. */
export interface ShipmentRecord extends ShipmentName {
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly trackingUrl: string | null;
  readonly shippedAt: string;
  readonly items: unknown;
  readonly state: ShipmentState;
  /** It was corrected since it was last announced. */
  readonly isPending: boolean;
  readonly reportedAt: string | null;
  /** What the shop could not take, for instance. */
  readonly note: string | null;
  readonly error: string | null;
}

/** How an attempt ended that did not bring the shipment to the shop. */
export interface ShipmentFailure {
  readonly state: Extract<ShipmentState, 'sent' | 'failed' | 'conflict'>;
  readonly error: string;
}

/** The internal system's shipments: a row each, which is its own outbox. All methods throw SyncError. */
export interface ShipmentStore {
  /** Rows that are new or were corrected, oldest first. */
  pending(limit: number): Promise<readonly ReadShipment[]>;

  /** Events for these are in the queue. A row that was corrected since stays pending; one that was taken since is left alone. */
  noteSent(sent: readonly ReadShipment[]): Promise<void>;

  /** Makes rows pending again whose event was sent this long ago, and of which nothing was heard. @returns how many */
  sendAgain(sentForMs: number): Promise<number>;

  /**
   * Reads the row, which is not pending from then on, and gives `holder` the order's shipments for `leaseMs` from now: they are reported one after the other.
   *
   * @returns `taken` while someone else has them, undefined if there is no such row
   */
  take(name: ShipmentName, holder: string, leaseMs: number): Promise<TakenShipment | 'taken' | undefined>;

  /** Ends the lease, if `holder` still has it. */
  release(name: ShipmentName, holder: string): Promise<void>;

  /** The shop has this content. */
  noteReported(reported: ReadShipment, note: string | undefined): Promise<void>;

  /** With `conflict`, the order gets one, too. @returns that, if it is new */
  noteFailed(name: ShipmentName, failure: ShipmentFailure): Promise<Conflict | undefined>;

  /** Enters a shipment, or corrects the one of this id. */
  record(shipment: Shipment): Promise<'recorded' | 'corrected' | 'unchanged'>;

  /** All of an order, oldest first. */
  ofOrder(orderNumber: string): Promise<readonly ShipmentRecord[]>;

  /** The same for several orders at once, at most 500: for exported lists. */
  ofOrders?(orderNumbers: readonly string[]): Promise<readonly ShipmentRecord[]>;

  /** The orders of which a shipment was reported within this time. At most 10,000. */
  reportedWithin(ms: number): Promise<readonly ShipmentRecord[]>;

  /** Makes it pending, although the shop was told: it turned out not to have it. */
  reportAgain(name: ShipmentName): Promise<void>;
}
