import { setTimeout as sleep } from 'node:timers/promises';

/** What is left of a budget that refills over time, in the shop's own points. */
export interface BudgetStatus {
  readonly available: number;
  readonly restoredPerSecond: number;
  /** What a request such as this one costs. */
  readonly cost: number;
}

/** Longer waits are cut to this: what a reply says of the budget must not stop the orders for a day. */
const MAX_WAIT_MS = 60_000;

/** Keeps requests within a budget, going by what the last reply said of it and by how many are under way. */
export class CostBudget {
  readonly #statusOf: (json: unknown) => BudgetStatus | undefined;
  #status: BudgetStatus | undefined;
  #readAt = 0;
  #underWay = 0;

  constructor(statusOf: (json: unknown) => BudgetStatus | undefined = () => undefined) {
    this.#statusOf = statusOf;
  }

  /** Begins the request once there is room for it in the budget. @throws the signal's reason when aborted before */
  async run<T extends { readonly json?: unknown }>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      const waitMs = this.#missingMs();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      const reply = await request();
      this.#read(reply.json);
      return reply;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** How long until the budget has room for all that are under way. */
  #missingMs(): number {
    if (this.#status === undefined) return 0;
    const { available, restoredPerSecond, cost } = this.#status;
    const restored = ((performance.now() - this.#readAt) / 1000) * restoredPerSecond;
    const missing = cost * this.#underWay - available - restored;
    return missing <= 0 ? 0 : Math.min((missing / restoredPerSecond) * 1000, MAX_WAIT_MS);
  }

  #read(json: unknown): void {
    const status = this.#statusOf(json);
    if (status === undefined) return;
    this.#status = status;
    this.#readAt = performance.now();
  }
}
