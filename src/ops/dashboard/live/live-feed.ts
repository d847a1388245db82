import type { ServerResponse } from 'node:http';
import type { Depths } from '../../../messages/queue-depths.ts';
import type { DeliveryEvent, Snapshot, Tick } from '../messages.ts';
import type { Now } from './current-state.ts';
import type { DeliveryFilter } from './delivery-filter.ts';
import { FilteredDeliveries } from './filtered-deliveries.ts';
import { LiveStreams } from './live-streams.ts';
import type { RecentActivity } from './recent-activity.ts';

const TICK_MS = 500;
/** A tick at least this often, so that the page knows that it is not cut off. */
const SILENCE_MS = 5_000;

/**
 * Tells whoever follows what happens: a snapshot when one comes, or comes back, then what changed, at most twice a second.
 * Nothing is done while nobody looks.
 */
export class Live {
  readonly #now: Now;
  readonly #activity: RecentActivity;
  readonly #streams = new LiveStreams();
  #timer: NodeJS.Timeout | undefined;
  #isTelling = false;
  #toldId = 0;
  #toldWhat = '';
  #toldAt = 0;
  #toldFilteredAt = 0;

  constructor(now: Now, activity: RecentActivity) {
    this.#now = now;
    this.#activity = activity;
  }

  get isFull(): boolean {
    return this.#streams.isFull;
  }

  /**
   * Never rejects.
   *
   * @param response that is read from now on
   * @param filter for someone who waits for certain orders, and must not miss one when more come than a page shows
   */
  async follow(response: ServerResponse, filter?: DeliveryFilter): Promise<void> {
    this.#streams.open(response);
    const depths = await this.#now.depths();
    if (response.destroyed) return;
    // Without a pause from here on: what comes after the snapshot is told with the next tick, to this one too.
    if (this.#streams.size === 0) this.#toldId = this.#activity.lastId;
    const filtered = filter && new FilteredDeliveries(filter);
    this.#streams.join(response, filtered);
    this.#streams.send(response, 'snapshot', JSON.stringify(this.#snapshot(depths, filtered)));
    this.#timer ??= setInterval(() => void this.#tell(), TICK_MS).unref();
  }

  settled(delivery: DeliveryEvent): void {
    for (const filtered of this.#streams.filtered.values()) filtered.take(delivery);
  }

  /** Tells the pages everything anew, when more of the past has become known. Who filters waits for what comes. */
  async refresh(): Promise<void> {
    if (this.#streams.size === 0) return;
    const depths = await this.#now.depths();
    this.#streams.broadcast('snapshot', JSON.stringify(this.#snapshot(depths)));
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
      const tick = this.#now.tick(await this.#now.depths(), this.#toldId);
      this.#tellPages(tick);
      this.#tellFiltered(tick);
    } finally {
      this.#isTelling = false;
    }
  }

  #tellPages(tick: Tick): void {
    const { now, ...what } = tick;
    const text = JSON.stringify(what);
    if (text === this.#toldWhat && Date.now() - this.#toldAt < SILENCE_MS) return;
    this.#toldWhat = text;
    this.#toldAt = Date.now();
    this.#toldId = Math.max(this.#toldId, tick.deliveries[0]?.id ?? 0);
    this.#streams.broadcast('tick', JSON.stringify(tick));
  }

  #tellFiltered(tick: Tick): void {
    const isSilent = Date.now() - this.#toldFilteredAt >= SILENCE_MS;
    if (isSilent) this.#toldFilteredAt = Date.now();
    for (const [response, filtered] of this.#streams.filtered) {
      const told = filtered.tell();
      if (isSilent || told.deliveries.length > 0)
        this.#streams.send(response, 'tick', JSON.stringify({ ...tick, ...told }));
    }
  }

  #snapshot(depths: Depths | undefined, filtered?: FilteredDeliveries): Snapshot {
    const snapshot = this.#now.snapshot(depths);
    return filtered === undefined
      ? snapshot
      : { ...snapshot, deliveries: filtered.fitting(this.#activity.deliveries()) };
  }
}
