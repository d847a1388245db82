import { z } from 'zod';
import { OUTCOMES, type Outcome } from '../../src/delivery/outcome.ts';
import type { PublishedEvent } from '../story/website.ts';

const settledLine = z.object({
  time: z.iso.datetime(),
  outcome: z.enum(OUTCOMES),
  orderNumber: z.string().nullable(),
  nextLookInMs: z.number().optional(),
});

/** How long an order took from its first event to its commit. */
export interface OrderTime {
  readonly orderNumber: string;
  readonly publishedAt: Date;
  readonly ms: number;
}

/** After these an event is finished, unless it is looked at again; after the others it is delivered again. */
const FINAL: readonly Outcome[] = ['synced', 'unchanged', 'stale', 'dead-lettered'];

/** The outcomes of the daemon's deliveries, from its log. */
export class DemoOutcomes {
  /** Events that are finished. */
  finished = 0;
  readonly #counts = new Map<Outcome, number>();
  readonly #committedAt = new Map<string, Date>();
  #onOutcome: () => void = () => undefined;

  /** @param line of the daemon's log, as JSON text */
  note(line: string): void {
    const settled = parseSettledLine(line);
    if (settled === undefined) return;
    const { outcome, orderNumber, time, nextLookInMs } = settled;
    if (FINAL.includes(outcome) && nextLookInMs === undefined) this.finished += 1;
    this.#counts.set(outcome, this.count(outcome) + 1);
    if (outcome === 'synced' && orderNumber !== null && !this.#committedAt.has(orderNumber)) {
      this.#committedAt.set(orderNumber, new Date(time));
    }
    this.#onOutcome();
  }

  count(outcome: Outcome): number {
    return this.#counts.get(outcome) ?? 0;
  }

  /** For each order, measured until its `synced` log line, which follows the commit. */
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

  /** Resolves when the condition holds. Only one call at a time. */
  async until(holds: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onOutcome = () => {
      if (holds()) resolve();
    };
    this.#onOutcome();
    await promise;
  }
}

function parseSettledLine(line: string): z.output<typeof settledLine> | undefined {
  if (!line.includes('"outcome":')) return undefined;
  return settledLine.parse(JSON.parse(line));
}
