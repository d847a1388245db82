import type { Shipment } from '../../../orders/shipment.ts';
import type { Fields } from '../fields.ts';
import type { ShopRequests } from '../shop-api.ts';

/** How a shop's API reads and records what was shipped of an order. When to do which is decided for all shops alike. */
export interface ShipmentsDefinition {
  /** What the credentials must be allowed to, in the shop's own words: "write_orders". */
  readonly right: string;
  /** The shop keeps no id of ours: a parcel without a tracking number is known by what is in it. @defaultValue false */
  readonly keepsNoId?: boolean;
  /** An order and what was shipped of it; undefined if there is none. It only reads. */
  readonly read: (api: ShopRequests, shopOrderId: string) => Promise<OrderInShop | undefined>;
  /**
   * Records a parcel as shipped. No request of it is sent twice: what became of one that failed, the next `read` shows.
   *
   * @param begun what stands half recorded of it
   * @returns what people should know
   * @throws SyncError `shipment_refused` when the shop does not take it
   */
  readonly ship: (api: ShopRequests, order: OrderInShop, parcel: Parcel, begun?: ParcelInShop) => Promise<Note>;
  /** Gives a parcel that is recorded another tracking number or carrier. Likewise. */
  readonly correct: (api: ShopRequests, order: OrderInShop, parcel: Parcel, found: ParcelInShop) => Promise<Note>;
}

/** Undefined or nothing: all is as it should be. */
// biome-ignore lint/suspicious/noConfusingVoidType: of a function that returns nothing, the type is Promise<void>.
export type Note = string | undefined | void;

export interface OrderInShop {
  /** Nothing more of it is to be shipped. */
  readonly isCancelled: boolean;
  readonly lines: readonly LineInShop[];
  /** Those that were called off are left out. */
  readonly parcels: readonly ParcelInShop[];
  /** As the shop sent it, for `ship` and `correct`. */
  readonly raw: Fields;
}

export interface LineInShop {
  /** As the canonical order has it. */
  readonly lineId: string;
  readonly sku: string | null;
  /** How many are still to be shipped. */
  readonly left: number;
  /** False for what is never in a parcel, unless it is named. @defaultValue true */
  readonly requiresShipping?: boolean;
}

export interface ShippedLine {
  readonly lineId: string;
  readonly quantity: number;
}

export interface ParcelInShop {
  /** The shop's own id. */
  readonly id: string;
  /** Ours; null if the shop has none. */
  readonly shipmentId: string | null;
  /** Undefined if the shop does not keep it. */
  readonly carrier?: string | null;
  readonly trackingNumbers: readonly string[];
  /** Undefined if the shop does not keep it. */
  readonly trackingUrl?: string | null;
  readonly lines: readonly ShippedLine[];
  /** It is packed, and not yet marked as shipped. @defaultValue false */
  readonly isBegun?: boolean;
}

/** What is to be recorded. */
export interface Parcel extends Omit<Shipment, 'orderNumber' | 'shopOrderId' | 'lines'> {
  /** In the shop's own ids, and no more of each than is left. */
  readonly lines: readonly ShippedLine[];
  /** Nothing is left after it. */
  readonly isLast: boolean;
}
