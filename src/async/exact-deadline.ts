/**
 * A time limit that also counts while the process stands still: stopped by a signal, or its machine suspended. By both clocks,
 * as one of them stands still in a suspended machine and the other may be set back.
 */
export class Deadline {
  readonly #ms: number;
  readonly #begun = performance.now();
  readonly #begunAt = Date.now();

  /** @param ms from now on */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** In ms; negative once it has passed. */
  get remainingMs(): number {
    return this.#ms - Math.max(performance.now() - this.#begun, Date.now() - this.#begunAt);
  }
}

const readAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')?.get;

/**
 * A signal that follows `signal`, and is aborted as soon as the deadline has passed, to the moment: whoever asks whether it is
 * aborted is told so even before a timer could fire. A process that stood still would otherwise go on with its next request.
 *
 * @param late its reason then
 */
export function exactlyUntil(deadline: Deadline, signal: AbortSignal, late: () => Error): AbortSignal {
  const ending = new AbortController();
  const exact = ending.signal;
  Object.defineProperties(exact, {
    aborted: {
      get: () => {
        if (readAborted?.call(exact) === false && deadline.remainingMs <= 0) ending.abort(late());
        return readAborted?.call(exact);
      },
    },
    throwIfAborted: {
      value: () => {
        if (exact.aborted) throw exact.reason;
      },
    },
  });
  if (signal.aborted) ending.abort(signal.reason);
  signal.addEventListener('abort', () => ending.abort(signal.reason), { once: true, signal: exact });
  return exact;
}
