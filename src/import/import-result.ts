import type { FailureReason } from '../errors.ts';
import type { OrderStatus } from '../orders/order.ts';

/** An order that was not imported although it is missing here. Holds no personal data. */
export interface ImportProblem {
  readonly orderNumber: string;
  readonly status: OrderStatus | null;
  /**
   * Why: it can't be fetched or written, `undecided` (open in the shop, and old: `ImportPlan.shippedBefore`), or the daemon knows it
   * already, as an event that failed.
   */
  readonly reason: FailureReason | 'undecided' | 'retrying' | 'dead-lettered' | 'discarded';
  readonly detail: string;
}

export interface ImportCounts {
  /** Entries of the shop's list. */
  listed: number;
  /** Written now, for the warehouse to ship. */
  open: number;
  /** Written now as over. */
  over: number;
  /** Here before. */
  here: number;
  /** Neither paid nor here. */
  carts: number;
  /** Changed moments ago: the daemon brings them. */
  underWay: number;
  /** Older than what is kept here. */
  pruned: number;
  /** Left out, with a reason each. */
  problems: number;
}

/** Where an import stands. */
export class ImportResult {
  readonly counts: ImportCounts;
  readonly #problems: ImportProblem[];

  /** @param before of the run that this one goes on from */
  constructor(before?: { readonly counts: ImportCounts; readonly problems: readonly ImportProblem[] }) {
    this.counts = before === undefined ? { ...NOTHING } : { ...before.counts };
    this.#problems = [...(before?.problems ?? [])];
  }

  /** The first of them. */
  get problems(): readonly ImportProblem[] {
    return this.#problems;
  }

  /** @returns false if it is known already, from before the import was interrupted */
  add(problem: ImportProblem): boolean {
    if (this.#problems.some(({ orderNumber }) => orderNumber === problem.orderNumber)) return false;
    this.counts.problems += 1;
    if (this.#problems.length < MAX_KEPT) this.#problems.push(problem);
    return true;
  }
}

const NOTHING: ImportCounts = {
  listed: 0,
  open: 0,
  over: 0,
  here: 0,
  carts: 0,
  underWay: 0,
  pruned: 0,
  problems: 0,
};

/** Further ones are only counted, and told to whoever listens. */
const MAX_KEPT = 500;
