/** What became of one case. */
export interface Row {
  readonly title: string;
  readonly status: string;
  /** How many fields were compared. */
  readonly fields: number;
  readonly problems: readonly string[];
}
