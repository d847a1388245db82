/** What must hold after any fault. docs/reliability.md spells them out. */
export type Invariant = `I${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12}`;

export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
}
