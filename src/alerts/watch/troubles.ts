import type { Trouble, TroubleKind } from './happening.ts';
import { nameOf, type TroubleRow, type TroubleStore } from './trouble-store.ts';

/** A trouble there is right now. */
export interface Present {
  readonly trouble: Trouble;
  /** ms since the epoch; absent: since now. */
  readonly since?: number | undefined;
}

export interface Began {
  readonly trouble: Trouble;
  readonly since: number;
  /** Events that wait in the queue; null if nobody can tell. */
  readonly waiting: number | null;
}

export interface Ended {
  readonly trouble: Trouble;
  readonly since: number;
  readonly lastedMs: number;
  /** The most events that waited meanwhile; null if nobody could tell. */
  readonly waited: number | null;
}

export interface TroublesOptions {
  readonly store: TroubleStore;
  /** How long it must last before it is told. */
  readonly tellAfterMs: (kind: TroubleKind) => number;
  /** What comes again within this time goes on: one that comes and goes is one trouble. */
  readonly overAfterMs: number;
  readonly began: (began: Began) => void;
  readonly ended: (ended: Ended) => void;
}

/** One that nobody has seen for this long is another one when it comes again: nobody knows what was in between. */
const FORGOTTEN_MS = 3_600_000;

/**
 * What lasts: told once when it has lasted for a while, and once more when it is over. The end of one whose beginning was not told
 * is not told either.
 */
export class Troubles {
  readonly #options: TroublesOptions;
  /** Those that this process has seen. Of any other, another daemon tells the end, or this one once it can know. */
  readonly #own = new Set<string>();

  constructor(options: TroublesOptions) {
    this.#options = options;
  }

  /** What was told before this process began, and is not seen in it. */
  get leftOver(): readonly TroubleRow[] {
    return this.#options.store.all().filter(({ name, isTold }) => isTold && !this.#own.has(name));
  }

  /**
   * Call it again and again.
   *
   * @param waiting events in the queue; undefined if nobody can tell
   * @param knows whether this daemon would see such a trouble, if it began before the daemon did
   */
  look(
    present: readonly Present[],
    waiting: number | undefined,
    knows: (kind: TroubleKind) => boolean,
    now = Date.now(),
  ): void {
    const { store } = this.#options;
    const names = new Set(present.map(({ trouble }) => nameOf(trouble)));
    for (const row of store.all()) {
      if (now - row.seenAt > FORGOTTEN_MS && names.has(row.name)) store.end(row);
      else if (!names.has(row.name) && (this.#own.has(row.name) || knows(row.trouble.kind))) this.#endIfOver(row, now);
    }
    for (const { trouble, since = now } of present) {
      this.#own.add(nameOf(trouble));
      store.note({ trouble, since, now });
    }
    for (const row of store.all()) {
      if (waiting !== undefined) store.noteWaiting(row.name, waiting);
      if (names.has(row.name)) this.#tellIfDue(row, waiting, now);
    }
  }

  #tellIfDue({ name, trouble, since, isTold }: TroubleRow, waiting: number | undefined, now: number): void {
    const { store, tellAfterMs, began } = this.#options;
    if (isTold || now - since < tellAfterMs(trouble.kind)) return;
    if (store.claim(name, now)) began({ trouble, since, waiting: waiting ?? null });
  }

  #endIfOver(row: TroubleRow, now: number): void {
    const { store, overAfterMs, ended } = this.#options;
    const { name, trouble, since, seenAt, isTold, waited } = row;
    if (now - seenAt < overAfterMs || !store.end(row)) return;
    this.#own.delete(name);
    if (isTold) ended({ trouble, since, lastedMs: seenAt - since, waited: waited === 0 ? null : waited });
  }
}
