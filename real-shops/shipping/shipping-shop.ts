/** What a shop needs so that shipments can be tried with it. */
export interface ShippingShop {
  /** How the daemon is told of it, with credentials that may write. */
  readonly env: Readonly<Record<string, string>>;
  /** Places a paid order of 2 PEN-EF, 1 BOOK-001 and 1 STK-0. @returns its id */
  readonly place: () => Promise<string>;
  readonly cancel: (id: string) => Promise<void>;
  /** What was shipped, by an independent reading. */
  readonly parcels: (id: string) => Promise<RealParcel[]>;
  /** Everything in which a corrected tracking number may stand, as text. */
  readonly corrected: (id: string) => Promise<string>;
  /** A parcel's tracking number cannot be changed: the corrected one stands elsewhere. */
  readonly keepsNumbers: boolean;
}

export interface RealParcel {
  readonly trackingNumber: string | null;
  /** SKU → how many. */
  readonly pieces: Readonly<Record<string, number>>;
}

export const EVERYTHING = { 'PEN-EF': 2, 'BOOK-001': 1, 'STK-0': 1 };
