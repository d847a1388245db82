import type { ImportPlan } from '../../import/import-plan.ts';
import type { ImportCounts, ImportResult } from '../../import/import-result.ts';
import { say } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { describeProgress, type ProgressFacts } from './describe.ts';

const TICK_MS = 500;
const LINE_EVERY_MS = 10_000;
/** Before that, a guess at what remains would only jump. */
const GUESS_FROM_SHARE = 0.01;

/** Says on stderr how far an import is: a line that counts along on a terminal, a line of JSON every ten seconds elsewhere. */
export class Reporter implements Disposable {
  readonly #result: ImportResult;
  readonly #plan: ImportPlan;
  readonly #isWaiting: () => boolean;
  readonly #begunAt = performance.now();
  readonly #doneBefore: number;
  readonly #shareBefore: number;
  readonly #progress: Progress;
  readonly #timer: NodeJS.Timeout;
  #saidAt = performance.now();
  #placed: string | null;

  /** @param placed where this run begins */
  constructor(result: ImportResult, plan: ImportPlan, placed: string | null, isWaiting: () => boolean) {
    this.#result = result;
    this.#plan = plan;
    this.#placed = placed;
    this.#isWaiting = isWaiting;
    this.#doneBefore = done(result.counts);
    this.#shareBefore = this.#share() ?? 0;
    this.#progress = new Progress(() => describeProgress(result.counts, this.#facts()));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  reached(placed: string | null): void {
    this.#placed = placed;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#progress.end();
  }

  #tick(): void {
    if (process.stderr.isTTY) this.#progress.add(0);
    else if (performance.now() - this.#saidAt >= LINE_EVERY_MS) {
      this.#saidAt = performance.now();
      say(JSON.stringify({ at: new Date().toISOString(), ...this.#result.counts, ...this.#facts() }));
    }
  }

  #facts(): ProgressFacts {
    const elapsedMs = performance.now() - this.#begunAt;
    const share = this.#share();
    const shareDone = (share ?? 0) - this.#shareBefore;
    return {
      placed: this.#placed,
      share,
      perSecond: Math.round(((done(this.#result.counts) - this.#doneBefore) / elapsedMs) * 10_000) / 10,
      remainingMs:
        share === null || shareDone < GUESS_FROM_SHARE
          ? null
          : Math.round((elapsedMs * Math.max(0, 1 - share)) / shareDone),
      isWaiting: this.#isWaiting(),
    };
  }

  #share(): number | null {
    if (this.#placed === null) return null;
    const { since, until, begunAt } = this.#plan;
    const whole = Math.min(until?.getTime() ?? Number.POSITIVE_INFINITY, begunAt.getTime()) - since.getTime();
    return whole <= 0 ? null : Math.min(1, Math.max(0, (Date.parse(this.#placed) - since.getTime()) / whole));
  }
}

function done({ open, over, here, carts, underWay, pruned, problems }: ImportCounts): number {
  return open + over + here + carts + underWay + pruned + problems;
}
