import type { ServerResponse } from 'node:http';
import { LiveStreams } from './live-streams.ts';
import type { Now } from './now.ts';
import type { ShiftBook } from './shift-book.ts';

const TICK_MS = 500;
/** A tick at least this often, so that the page knows that it is not cut off. */
const SILENCE_MS = 5_000;

/**
 * Tells browsers what happens: a snapshot when one comes, or comes back, then what changed, at most twice a second. Nothing
 * is done while nobody looks.
 */
export class Live {
  readonly #now: Now;
  readonly #book: ShiftBook;
  readonly #streams = new LiveStreams();
  #timer: NodeJS.Timeout | undefined;
  #isTelling = false;
  #toldId = 0;
  #toldWhat = '';
  #toldAt = 0;

  constructor(now: Now, book: ShiftBook) {
    this.#now = now;
    this.#book = book;
  }

  get isFull(): boolean {
    return this.#streams.isFull;
  }

  /** Never rejects. @param response that the browser reads from now on */
  async follow(response: ServerResponse): Promise<void> {
    this.#streams.open(response);
    const depths = await this.#now.depths();
    // Without a pause from here on: what comes after the snapshot is told with the next tick, to this one too.
    if (this.#streams.size === 0) this.#toldId = this.#book.lastId;
    this.#streams.join(response, 'snapshot', JSON.stringify(this.#now.snapshot(depths)));
    this.#timer ??= setInterval(() => void this.#tell(), TICK_MS).unref();
  }

  /** Tells everything anew, when more of the past has become known. */
  async refresh(): Promise<void> {
    if (this.#streams.size === 0) return;
    const depths = await this.#now.depths();
    this.#streams.broadcast('snapshot', JSON.stringify(this.#now.snapshot(depths)));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#streams.close();
  }

  /** Never rejects. */
  async #tell(): Promise<void> {
    if (this.#streams.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      const depths = await this.#now.depths();
      const tick = this.#now.tick(depths, this.#toldId);
      const { now, ...what } = tick;
      const text = JSON.stringify(what);
      if (text === this.#toldWhat && Date.now() - this.#toldAt < SILENCE_MS) return;
      this.#toldWhat = text;
      this.#toldAt = Date.now();
      this.#toldId = Math.max(this.#toldId, tick.arrivals[0]?.id ?? 0);
      this.#streams.broadcast('tick', JSON.stringify(tick));
    } finally {
      this.#isTelling = false;
    }
  }
}
