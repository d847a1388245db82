import type { DeadLetter } from './dead-letters.ts';
import { type DeadLetterSummary, summarize } from './summary.ts';

export interface Selected {
  readonly deadLetter: DeadLetter;
  readonly summary: DeadLetterSummary;
}

/**
 * Dead letters by order number or id, by reason, or all of them. An id is finished once its dead letter is found; an order
 * never is, as it may have several. Once every name is finished, the search ends.
 */
export class Selection {
  readonly #reason: string | undefined;
  readonly #names: ReadonlySet<string>;
  readonly #unmatched: Set<string>;
  readonly #foundIds = new Set<string>();

  constructor(names: readonly string[], { reason }: { readonly reason?: string }) {
    this.#names = new Set(names);
    this.#unmatched = new Set(names);
    this.#reason = reason;
  }

  /** Names that no dead letter had. */
  get unmatched(): string[] {
    return [...this.#unmatched];
  }

  async *from(deadLetters: AsyncIterable<DeadLetter>): AsyncGenerator<Selected> {
    for await (const deadLetter of deadLetters) {
      const summary = summarize(deadLetter);
      if (this.#matches(summary)) yield { deadLetter, summary };
      if (this.#names.size > 0 && this.#foundIds.size === this.#names.size) return;
    }
  }

  #matches({ id, order, reason }: DeadLetterSummary): boolean {
    if (this.#reason !== undefined && this.#reason !== reason) return false;
    if (this.#names.size === 0) return true;
    const isById = this.#names.has(id) && !this.#foundIds.has(id);
    const isByOrder = order !== null && this.#names.has(order);
    if (isById) this.#foundIds.add(id);
    if (isById) this.#unmatched.delete(id);
    if (isByOrder) this.#unmatched.delete(order);
    return isById || isByOrder;
  }
}
