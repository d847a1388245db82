const INTERVAL_MS = 100;
const TO_LINE_START_AND_CLEAR = '\r\u001B[K';

/** A line on stderr that counts along, if stderr is a terminal. */
export class Progress {
  readonly #describe: (count: number) => string;
  readonly #isShown = process.stderr.isTTY;
  #count = 0;
  #shownAt = Date.now();

  constructor(describe: (count: number) => string) {
    this.#describe = describe;
  }

  get count(): number {
    return this.#count;
  }

  add(count = 1): void {
    this.#count += count;
    // Quick work shows nothing that would only flicker.
    if (!this.#isShown || Date.now() - this.#shownAt < INTERVAL_MS) return;
    this.#shownAt = Date.now();
    process.stderr.write(`${TO_LINE_START_AND_CLEAR}${this.#describe(this.#count)}`);
  }

  end(): void {
    if (this.#isShown) process.stderr.write(TO_LINE_START_AND_CLEAR);
  }
}
