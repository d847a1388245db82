import { EventEmitter } from 'node:events';
import { repeat } from '../async/repeat.ts';
import type { EndedBy, LastPause, Pause, PauseStore } from '../internal-system/pause-store.ts';

const HOUR_MS = 3_600_000;
const LOOK_EVERY_MS = 1_000;
/** A pause without an end that lasts longer may have been forgotten. */
const OVERDUE_AFTER_MS = 4 * HOUR_MS;
const REMIND_EVERY_MS = HOUR_MS;

export interface PauseWatchEvents {
  /** @param isOld it began before this daemon did */
  began: [pause: Pause, isOld: boolean];
  /** It has another end or reason. */
  changed: [pause: Pause];
  /** @param lastedMs how long it lasted */
  ended: [pause: Pause, by: EndedBy, lastedMs: number];
  /** It lasts for hours, and nobody has said when it ends. Every hour from then on. */
  overdue: [pause: Pause];
}

export interface PauseWatchOptions {
  readonly lookEveryMs?: number;
  readonly overdueAfterMs?: number;
  readonly remindEveryMs?: number;
}

/**
 * Follows whether a person has paused this shop. While the internal system does not answer, what it said last holds, be it over
 * by now: no order could be written anyway.
 */
export class PauseWatch extends EventEmitter<PauseWatchEvents> {
  readonly #store: PauseStore | undefined;
  readonly #lookEveryMs: number;
  readonly #overdueAfterMs: number;
  readonly #remindEveryMs: number;
  readonly #stopped = new AbortController();
  #pause: Pause | undefined;
  #isOverdue = false;
  /** By a clock that does not jump. */
  #remindedAt = Number.NEGATIVE_INFINITY;

  /** @param store undefined where none is kept: then nothing is ever paused */
  constructor(store: PauseStore | undefined, options: PauseWatchOptions = {}) {
    super();
    this.#store = store;
    this.#lookEveryMs = options.lookEveryMs ?? LOOK_EVERY_MS;
    this.#overdueAfterMs = options.overdueAfterMs ?? OVERDUE_AFTER_MS;
    this.#remindEveryMs = options.remindEveryMs ?? REMIND_EVERY_MS;
  }

  /** The pause that lasts. */
  get pause(): Pause | undefined {
    return this.#pause;
  }

  /** The same, while `isOverdue`. */
  get overdue(): { readonly since: Date; readonly by: string; readonly reason: string | null } | undefined {
    if (this.#pause === undefined || !this.#isOverdue) return undefined;
    const { since, by, reason } = this.#pause;
    return { since: new Date(since), by, reason };
  }

  /** It has lasted for hours, and nobody has said when it ends. */
  get isOverdue(): boolean {
    return this.#isOverdue;
  }

  /** Call it before the first delivery is taken. @throws SyncError when the internal system can't be asked */
  async start(): Promise<void> {
    const store = this.#store;
    if (store === undefined) return;
    this.#see(await store.last(), true);
    const look = async () => this.#see(await store.last(), false);
    // Whatever failed makes itself felt with the next order.
    void repeat(this.#lookEveryMs, this.#stopped.signal, look, () => undefined);
  }

  stop(): void {
    this.#stopped.abort();
  }

  #see(last: LastPause | undefined, isFirst: boolean): void {
    if (this.#stopped.signal.aborted) return;
    const before = this.#pause;
    const now = last === undefined || last.ended !== null ? undefined : pauseOf(last);
    this.#pause = now;
    const hasEnded = before !== undefined && before.since !== now?.since;
    if (hasEnded) this.#end(before, last);
    if (now === undefined) return;
    if (before === undefined || hasEnded) this.emit('began', now, isFirst);
    else if (JSON.stringify(before) !== JSON.stringify(now)) this.emit('changed', now);
    this.#remind(now, last?.lastsMs ?? 0);
  }

  /** One that is followed by the next within a second has left no word of its own. */
  #end(pause: Pause, last: LastPause | undefined): void {
    const isKnown = last?.since === pause.since;
    this.#isOverdue = false;
    this.#remindedAt = Number.NEGATIVE_INFINITY;
    const lastedMs = isKnown ? last.lastsMs : Date.now() - Date.parse(pause.since);
    this.emit('ended', pause, (isKnown && last.ended?.by) || null, lastedMs);
  }

  #remind(pause: Pause, lastsMs: number): void {
    this.#isOverdue = pause.until === null && lastsMs >= this.#overdueAfterMs;
    if (!this.#isOverdue || performance.now() - this.#remindedAt < this.#remindEveryMs) return;
    this.#remindedAt = performance.now();
    this.emit('overdue', pause);
  }
}

function pauseOf({ since, by, reason, until }: LastPause): Pause {
  return { since, by, reason, until };
}
