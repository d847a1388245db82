import { setTimeout as sleep } from 'node:timers/promises';

/** What is left of a budget that refills over time, in the shop's own points. */
export interface BudgetStatus {
  readonly available: number;
  readonly restoredPerSecond: number;
  /** What a request such as this one costs. */
  readonly cost: number;
}

export interface Budget {
  wait(signal: AbortSignal): Promise<void>;
  read(json: unknown): void;
}

/** Keeps requests within a budget, going by what the last reply said of it. */
export class CostBudget implements Budget {
  readonly #statusOf: (json: unknown) => BudgetStatus | undefined;
  #status: BudgetStatus | undefined;
  #readAt = 0;

  constructor(statusOf: (json: unknown) => BudgetStatus | undefined = () => undefined) {
    this.#statusOf = statusOf;
  }

  read(json: unknown): void {
    const status = this.#statusOf(json);
    if (status === undefined) return;
    this.#status = status;
    this.#readAt = performance.now();
  }

  /** Until the budget has room for one more request. What requests under way cost is set aside. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#status === undefined) return;
    const { available, restoredPerSecond, cost } = this.#status;
    const now = performance.now();
    const left = available + ((now - this.#readAt) / 1000) * restoredPerSecond - cost;
    this.#status = { available: left, restoredPerSecond, cost };
    this.#readAt = now;
    if (left >= 0) return;
    const waitMs = Math.min((-left / restoredPerSecond) * 1000, MAX_WAIT_MS);
    await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const MAX_WAIT_MS = 60_000;
