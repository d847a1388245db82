import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { isInTime } from '../async/deadline.ts';
import { repeat } from '../async/repeat.ts';
import type { DaemonReport, DaemonStore } from '../internal-system/daemon-store.ts';

const BEAT_EVERY_MS = 10_000;
/** Whether there is news that should not wait for the next beat. */
const LOOK_EVERY_MS = 1_000;
const PRUNE_EVERY_MS = 3_600_000;
/** A stop does not wait longer for the database; the row is forgotten after a day. */
const LEAVE_TIMEOUT_MS = 1_000;

export interface HeartbeatParts {
  /** Undefined where none are kept: then it does nothing. */
  readonly store: DaemonStore | undefined;
  readonly report: () => Promise<DaemonReport>;
  /** What the next beat is not waited for: it beats at once when this changes. */
  readonly news: () => string;
  /** Told when beats begin to fail; the next one makes up for it. */
  readonly onError: (error: unknown) => void;
  readonly beatEveryMs?: number;
  readonly lookEveryMs?: number;
}

/** Says every ten seconds that this daemon is there and what it does, for whoever asks which of several is stuck. */
export class Heartbeat {
  /** Names this daemon, until it stops. */
  readonly id = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  readonly #parts: HeartbeatParts;
  readonly #stopped = new AbortController();
  #beating: Promise<void> = Promise.resolve();
  #news: string | undefined;
  /** By a clock that does not jump. */
  #beatAt = Number.NEGATIVE_INFINITY;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #isFailing = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  /** Call it once the internal system is open. */
  start(): void {
    const { store, lookEveryMs = LOOK_EVERY_MS } = this.#parts;
    if (store === undefined) return;
    const look = () => this.#beatIfDue(store);
    this.#beating = repeat(lookEveryMs, this.#stopped.signal, look, (error) => this.#failed(error));
  }

  /** Ends within moments. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    const { store } = this.#parts;
    if (store === undefined || this.#beatAt === Number.NEGATIVE_INFINITY) return;
    const left = this.#beating.then(() => store.leave(this.id)).catch(() => undefined);
    await isInTime(left, LEAVE_TIMEOUT_MS);
  }

  async #beatIfDue(store: DaemonStore): Promise<void> {
    const { report, news, beatEveryMs = BEAT_EVERY_MS } = this.#parts;
    const now = performance.now();
    const latest = news();
    if (latest === this.#news && now - this.#beatAt < beatEveryMs) return;
    // Also if it fails: a database that is away is not asked more often.
    this.#beatAt = now;
    this.#news = latest;
    await store.beat(this.id, await report());
    this.#isFailing = false;
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = now;
    await store.prune();
  }

  #failed(error: unknown): void {
    if (!this.#isFailing) this.#parts.onError(error);
    this.#isFailing = true;
  }
}
