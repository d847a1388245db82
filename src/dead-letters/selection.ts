import type { DeadLetter } from './dead-letters.ts';
import { type DeadLetterSummary, summarize } from './summary.ts';

export interface Selected {
  readonly deadLetter: DeadLetter;
  readonly facts: DeadLetterSummary;
}

/**
 * Dead letters by order number or id, by reason, or all of them. A name that is a dead letter's id is done with when that dead letter is
 * found; when all names are done with, nobody looks further. An order may have several dead letters.
 */
export class Selection {
  readonly #reason: string | undefined;
  readonly #names: ReadonlySet<string>;
  readonly #unmatched: Set<string>;
  readonly #doneIds = new Set<string>();

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
      const facts = summarize(deadLetter);
      if (this.#matches(facts)) yield { deadLetter, facts };
      if (this.#names.size > 0 && this.#doneIds.size === this.#names.size) return;
    }
  }

  #matches({ id, order, reason }: DeadLetterSummary): boolean {
    if (this.#reason !== undefined && this.#reason !== reason) return false;
    if (this.#names.size === 0) return true;
    const isById = this.#names.has(id) && !this.#doneIds.has(id);
    const isByOrder = order !== null && this.#names.has(order);
    if (isById) this.#doneIds.add(id);
    if (isById) this.#unmatched.delete(id);
    if (isByOrder) this.#unmatched.delete(order);
    return isById || isByOrder;
  }
}
