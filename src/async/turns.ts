import { orAborted } from './deadline.ts';

/** Lets work on the same key take turns, in the order of the calls. Work on other keys is not held up. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @param signal ends the wait: its reason is then thrown, and `work` is not called */
  async take<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const turn = (async () => {
      if (before !== undefined) await orAborted(ended(before), signal);
      return await work();
    })();
    this.#last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }
}

async function ended(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
