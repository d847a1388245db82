import type { OrderRecord } from '../ledger.ts';

/** What a person may know of an order besides its number. All but the tracking number say who the buyer is. */
export const SEARCH_KINDS = ['tracking-number', 'phone', 'email', 'name'] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

/**
 * One thing that is known of the orders looked for, in one form however it was typed.
 *
 * - `tracking-number`: as the carrier writes it; case and blanks are the typist's
 * - `phone`: digits only, 4 to 20: the whole number with or without its country code, or its end
 * - `email`: lower case, the whole address or its beginning
 * - `name`: of the buyer or the recipient, the whole or its beginning; without blanks
 */
export interface SearchTerm {
  readonly kind: SearchKind;
  readonly text: string;
}

/** Orders for which any of the terms is true. */
export interface OrderSearch {
  /** At most ten. */
  readonly terms: readonly SearchTerm[];
  readonly limit: number;
}

export interface OrdersFound {
  /** With the terms that found it; the latest placed first. */
  readonly orders: readonly { readonly record: OrderRecord; readonly by: SearchKind }[];
  /** There are more than `limit`, or more than were looked at. */
  readonly hasMore: boolean;
  /** False while what the search needs is being built: nothing was looked for. */
  readonly isReady: boolean;
}

export const SEARCH_NOT_READY: OrdersFound = { orders: [], hasMore: false, isReady: false };
