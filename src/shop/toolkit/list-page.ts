/** One page of a list, as the shop sends it. */
export interface ListPage {
  readonly items: readonly unknown[];
  /** Of the next page; null on the last one. */
  readonly next: string | null;
}
