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
  /** What an event may call an order → what the selection calls it. */
  readonly #orders: ReadonlyMap<string, readonly string[]>;
  readonly #unmatched: Set<string>;
  readonly #foundIds = new Set<string>();

  /** @param names each with every name by which an event may call that order */
  constructor(names: ReadonlyMap<string, readonly string[]>, { reason }: { readonly reason?: string }) {
    const inEvents = [...names].flatMap(([name, called]) => called.map((inEvent) => ({ name, inEvent })));
    const orders = Map.groupBy(inEvents, ({ inEvent }) => inEvent);
    this.#names = new Set(names.keys());
    this.#orders = new Map([...orders].map(([inEvent, found]) => [inEvent, found.map(({ name }) => name)]));
    this.#unmatched = new Set(names.keys());
    this.#reason = reason;
  }

  /** By ids of dead letters. */
  static ofIds(ids: readonly string[]): Selection {
    return new Selection(new Map(ids.map((id) => [id, []])), {});
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
    const byOrder = (order === null ? undefined : this.#orders.get(order)) ?? [];
    if (isById) this.#foundIds.add(id);
    for (const name of isById ? [id, ...byOrder] : byOrder) this.#unmatched.delete(name);
    return isById || byOrder.length > 0;
  }
}
