import type { Bucket } from '../messages.ts';

/** Times are counted in bins, each a third wider than the one before: 1 ms to two days, in 256 bytes. */
const BINS = 64;
const GROWTH = 1.35;

interface Slot {
  at: number;
  orders: number;
  deadLetters: number;
  times: Uint32Array | undefined;
}

/** The last `length` buckets of `widthMs` each: how many orders, and how long they took. Bounded memory, whatever arrives. */
export class BucketSeries {
  readonly #widthMs: number;
  readonly #slots: Slot[];

  constructor(widthMs: number, length: number) {
    this.#widthMs = widthMs;
    this.#slots = Array.from({ length }, () => ({ at: 0, orders: 0, deadLetters: 0, times: undefined }));
  }

  /** @param tookMs from publish to commit; null if unknown */
  addOrder(at: number, tookMs: number | null): void {
    const slot = this.#slot(at);
    if (slot === undefined) return;
    slot.orders += 1;
    if (tookMs === null) return;
    slot.times ??= new Uint32Array(BINS);
    const bin = binOf(tookMs);
    slot.times[bin] = (slot.times[bin] ?? 0) + 1;
  }

  addDeadLetter(at: number): void {
    const slot = this.#slot(at);
    if (slot !== undefined) slot.deadLetters += 1;
  }

  /** Oldest first, the current one last, empty ones included. */
  list(now: number): Bucket[] {
    const last = this.#start(now);
    return this.#slots.map((_, index) => {
      const at = last - (this.#slots.length - 1 - index) * this.#widthMs;
      return this.#bucket(at);
    });
  }

  /** All buckets combined. */
  total(now: number): Bucket {
    const first = this.#start(now) - (this.#slots.length - 1) * this.#widthMs;
    const slots = this.#slots.filter(({ at }) => at >= first);
    const times = new Uint32Array(BINS);
    for (const slot of slots)
      for (const [bin, count] of slot.times?.entries() ?? []) times[bin] = (times[bin] ?? 0) + count;
    const sum = (key: 'orders' | 'deadLetters') => slots.reduce((total, slot) => total + slot[key], 0);
    return { at: first, orders: sum('orders'), deadLetters: sum('deadLetters'), ...percentiles(times) };
  }

  #bucket(at: number): Bucket {
    const slot = this.#slots[this.#index(at)];
    if (slot === undefined || slot.at !== at) return { at, orders: 0, deadLetters: 0, p50: null, p95: null };
    return { at, orders: slot.orders, deadLetters: slot.deadLetters, ...percentiles(slot.times) };
  }

  /** Undefined for a time before the oldest bucket. */
  #slot(time: number): Slot | undefined {
    const at = this.#start(time);
    const slot = this.#slots[this.#index(at)];
    if (slot === undefined || slot.at > at) return undefined;
    if (slot.at < at) Object.assign(slot, { at, orders: 0, deadLetters: 0, times: undefined });
    return slot;
  }

  #start(time: number): number {
    return Math.floor(time / this.#widthMs) * this.#widthMs;
  }

  #index(at: number): number {
    return (at / this.#widthMs) % this.#slots.length;
  }
}

function binOf(ms: number): number {
  return Math.max(0, Math.min(BINS - 1, Math.floor(Math.log(Math.max(1, ms)) / Math.log(GROWTH))));
}

function percentiles(times: Uint32Array | undefined): { p50: number | null; p95: number | null } {
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95) };
}

/** The middle of its bin, in ms. */
function percentile(times: Uint32Array | undefined, share: number): number | null {
  const count = times?.reduce((sum, bin) => sum + bin, 0) ?? 0;
  if (times === undefined || count === 0) return null;
  let rest = Math.ceil(count * share);
  const bin = times.findIndex((inBin) => {
    rest -= inBin;
    return rest <= 0;
  });
  return Math.round(GROWTH ** (bin + 0.5));
}
