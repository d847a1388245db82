import { backoffMs } from './backoff.ts';

/**
 * The pace of calls to a server that may say "too many". Until it does, there is none. Then: no call for as long as it asks,
 * one to see, and from there the pace that it took before. After the next refusal, a little less. The pace grows with each
 * answer, slowly at first, as most limits last; a minute after the last refusal there is none any more.
 */
export class Pace {
  readonly #onLimit: (isLimited: boolean) => void;
  readonly #answers = new AnswerRate();
  /** Calls a second. Undefined until the first call after the first refusal. */
  #rate: number | undefined;
  /** The rate that was too much, or nearly. */
  #ceiling = Number.POSITIVE_INFINITY;
  #nextStart = 0;
  #isProbing = false;
  #refusedAt = Number.NEGATIVE_INFINITY;
  /** Refusals since the last answer, and when the first one was. */
  #refusals = 0;
  #refusedSince = 0;
  /** Set while there is a limit. */
  #over: NodeJS.Timeout | undefined;

  /** @param onLimit called when a limit is met, and when it is over */
  constructor(onLimit: (isLimited: boolean) => void) {
    this.#onLimit = onLimit;
  }

  get isLimited(): boolean {
    return this.#over !== undefined;
  }

  /** How long the next call has to wait, in ms; infinite while a call is out that decides. */
  get delayMs(): number {
    if (!this.isLimited) return 0;
    return this.#isProbing ? Number.POSITIVE_INFINITY : Math.max(0, this.#nextStart - performance.now());
  }

  /** A call goes out. @returns when, for its outcome */
  begin(): number {
    const now = performance.now();
    if (!this.isLimited) return now;
    this.#isProbing = this.#refusals > 0;
    this.#rate ??= this.#firstRate();
    this.#nextStart = Math.max(this.#nextStart, now) + 1000 / this.#rate;
    return now;
  }

  /** A call has ended, and not with a refusal. */
  answered(startedAt: number): void {
    this.#answers.count();
    if (!this.isLimited || startedAt < this.#refusedAt) return;
    this.#isProbing = false;
    this.#refusals = 0;
    if (this.#rate === undefined) return;
    const seconds = (performance.now() - this.#refusedAt) / 1000;
    this.#rate = this.#rate < this.#ceiling ? this.#rate * FAST_GROWTH : this.#rate + GROWTH * seconds;
  }

  /** A call has ended in a way that tells nothing about the limit. */
  released(): void {
    this.#isProbing = false;
  }

  /**
   * A call was refused.
   *
   * @param waitMs as asked by the server, if it does
   * @param isAgain it was refused before. If others were served in between, that says little about their rate
   * @returns false if it asks for too long, or keeps refusing: that is more than a limit
   */
  refused(startedAt: number, waitMs: number | undefined, isAgain = false): boolean {
    const now = performance.now();
    this.#isProbing = false;
    // Calls that went out before we knew tell nothing new.
    if (startedAt >= this.#refusedAt) this.#note(now, isAgain);
    const resumeAt = now + (waitMs ?? backoffMs(this.#refusals, NO_ANSWER));
    if (resumeAt - this.#refusedSince > MAX_HOLD_MS) return false;
    this.#nextStart = Math.max(this.#nextStart, resumeAt);
    return true;
  }

  /** The refusals were not about the rate, or are long ago. */
  lift(): void {
    if (!this.isLimited) return;
    clearTimeout(this.#over);
    this.#over = undefined;
    this.#rate = undefined;
    this.#isProbing = false;
    this.#refusals = 0;
    this.#onLimit(false);
  }

  #note(now: number, isAgain: boolean): void {
    if (this.#refusals === 0) {
      this.#refusedSince = now;
      if (!isAgain) this.#slowDown(now);
    }
    this.#refusals += 1;
    this.#refusedAt = now;
    if (!this.isLimited) this.#onLimit(true);
    clearTimeout(this.#over);
    this.#over = setTimeout(() => this.lift(), REMEMBERED_MS).unref();
  }

  #slowDown(now: number): void {
    if (this.#rate === undefined) return;
    this.#rate = Math.max(SLOWEST, this.#rate * (now - this.#refusedAt < SOON_MS ? 0.5 : 0.9));
    this.#ceiling = this.#rate;
  }

  /** What came through before. If that was nothing, a few calls will tell. */
  #firstRate(): number {
    const { perSecond } = this.#answers;
    this.#ceiling = perSecond === 0 ? Number.POSITIVE_INFINITY : perSecond;
    return Math.max(1, perSecond);
  }
}

/** Longer than the windows of most limits, and short beside the broker's patience with an unacked delivery (30 minutes). */
export const MAX_HOLD_MS = 30_000;
const REMEMBERED_MS = 60_000;
const SOON_MS = 5_000;
/** Calls a second. */
const SLOWEST = 0.5;
/** With each answer, below a rate that is known to be too much. */
const FAST_GROWTH = 1.5;
/** From there on, a second for each second since the last refusal: 5 % in 10 s, 20 % in 20 s, sixfold in a minute. */
const GROWTH = 0.001;
/** When the server does not say how long to wait. */
const NO_ANSWER = { minMs: 500, maxMs: 8_000 };

/** How many answers came in a second: the last whole one, or this one if it has more already. */
class AnswerRate {
  #beganAt = 0;
  #count = 0;
  #before = 0;

  count(): void {
    const now = performance.now();
    if (now - this.#beganAt > 1000) {
      this.#before = now - this.#beganAt > 2000 ? 0 : this.#count;
      this.#beganAt = now;
      this.#count = 0;
    }
    this.#count += 1;
  }

  get perSecond(): number {
    return Math.max(this.#before, this.#count);
  }
}
