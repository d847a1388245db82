/** Why an order's buyer can't be forgotten yet. */
export const REMEMBERED_BECAUSE = ['open', 'undelivered'] as const;
/**
 * - `open`: it is not paid yet, or still to be shipped, for which the address is needed
 * - `undelivered`: the ERP behind the ledger has yet to get it
 */
export type RememberedBecause = (typeof REMEMBERED_BECAUSE)[number];

/** How an internal system forgets who bought an order. The order itself stays. */
export interface PrivacyStore {
  /**
   * The numbers of orders with this e-mail address, in any case: of a page of orders.
   *
   * @param after where the page begins; null: the first @returns `last`: where the next one begins; null after the last @throws SyncError
   */
  ordersOf(
    email: string,
    after: string | null,
  ): Promise<{ readonly orderNumbers: readonly string[]; readonly last: string | null }>;

  /**
   * Removes what says who bought the stored order with this number, from the order and from whatever is kept of it. What newest-wins and reconciliation
   * compare stays, and later versions of the order are stored without their buyer, too.
   *
   * @param evenIfOpen whatever is still to be done with it
   * @returns why not; `unknown` if no order has this number @throws SyncError
   */
  forget(orderNumber: string, evenIfOpen: boolean): Promise<'forgotten' | 'unknown' | RememberedBecause>;
}
