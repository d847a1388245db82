import { z } from 'zod';
import { OUTCOMES, type Outcome } from '../../src/delivery/outcome.ts';
import type { OrderTime } from '../checks/claims.ts';
import type { PublishedEvent } from '../story/website.ts';

const settledLine = z.object({
  time: z.iso.datetime(),
  outcome: z.enum(OUTCOMES),
  orderNumber: z.string().nullable(),
});

/** After these an event is done with; after the others it comes again. */
const FINAL: readonly Outcome[] = ['synced', 'unchanged', 'stale', 'dead-lettered'];

/** What the daemon's log says became of its deliveries. */
export class DemoOutcomes {
  readonly #counts = new Map<Outcome, number>();
  readonly #committedAt = new Map<string, Date>();
  #onOutcome: () => void = () => undefined;

  /** @param line of the daemon's log, as JSON text */
  note(line: string): void {
    const settled = parseSettledLine(line);
    if (settled === undefined) return;
    const { outcome, orderNumber, time } = settled;
    this.#counts.set(outcome, this.count(outcome) + 1);
    if (outcome === 'synced' && orderNumber !== null && !this.#committedAt.has(orderNumber)) {
      this.#committedAt.set(orderNumber, new Date(time));
    }
    this.#onOutcome();
  }

  count(outcome: Outcome): number {
    return this.#counts.get(outcome) ?? 0;
  }

  /** Events that are done with. */
  get finished(): number {
    return FINAL.reduce((total, outcome) => total + this.count(outcome), 0);
  }

  /** For each order: from its first event to the line that says it is committed, which follows the commit. */
  timesSince(published: readonly PublishedEvent[]): OrderTime[] {
    const firstEvents = new Map(published.toReversed().map(({ orderNumber, at }) => [orderNumber, at]));
    return [...this.#committedAt].flatMap(([orderNumber, committedAt]) => {
      const publishedAt = firstEvents.get(orderNumber);
      if (publishedAt === undefined) return [];
      return { orderNumber, publishedAt, ms: committedAt.getTime() - publishedAt.getTime() };
    });
  }

  isCommitted(orderNumber: string): boolean {
    return this.#committedAt.has(orderNumber);
  }

  /** Resolves when this has come true. Only the latest call is kept waiting. */
  async until(isSo: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onOutcome = () => {
      if (isSo()) resolve();
    };
    this.#onOutcome();
    await promise;
  }
}

function parseSettledLine(line: string): z.output<typeof settledLine> | undefined {
  if (!line.includes('"outcome":')) return undefined;
  return settledLine.parse(JSON.parse(line));
}
