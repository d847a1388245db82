import type { ServerResponse } from 'node:http';
import type { Depths } from '../../../messages/queue-depths.ts';
import type { DeliveryEvent, Snapshot, Tick } from '../messages.ts';
import type { CurrentState } from './current-state.ts';
import type { DeliveryFilter } from './delivery-filter.ts';
import { FilteredDeliveries } from './filtered-deliveries.ts';
import { LiveStreams } from './live-streams.ts';
import type { RecentActivity } from './recent-activity.ts';

const TICK_MS = 500;
/** A tick at least this often, so that the page knows that it is still connected. */
const SILENCE_MS = 5_000;

/**
 * Streams what happens to every client that follows: a snapshot when it connects or reconnects, then what changed, at most
 * twice a second. Does nothing while no client follows.
 */
export class LiveFeed {
  readonly #state: CurrentState;
  readonly #activity: RecentActivity;
  readonly #streams = new LiveStreams();
  #timer: NodeJS.Timeout | undefined;
  #isSending = false;
  #sentId = 0;
  #sentBody = '';
  #sentAt = 0;
  #sentFilteredAt = 0;

  constructor(state: CurrentState, activity: RecentActivity) {
    this.#state = state;
    this.#activity = activity;
  }

  get isFull(): boolean {
    return this.#streams.isFull;
  }

  /**
   * Never rejects.
   *
   * @param response on which the client receives the stream from now on
   * @param filter for a client that waits for certain orders, and must not miss one when more arrive than a page shows
   */
  async follow(response: ServerResponse, filter?: DeliveryFilter): Promise<void> {
    this.#streams.open(response);
    const depths = await this.#state.depths();
    if (response.destroyed) return;
    // No await from here on: whatever follows the snapshot is sent with the next tick, to this client too.
    if (this.#streams.size === 0) this.#sentId = this.#activity.lastId;
    const filtered = filter && new FilteredDeliveries(filter);
    this.#streams.join(response, filtered);
    this.#streams.send(response, 'snapshot', JSON.stringify(this.#snapshot(depths, filtered)));
    this.#timer ??= setInterval(() => void this.#sendTick(), TICK_MS).unref();
  }

  settled(delivery: DeliveryEvent): void {
    for (const filtered of this.#streams.filtered.values()) filtered.add(delivery);
  }

  /** Sends the pages a new snapshot, because more of the past is known now. Filtered streams only need what is new. */
  async refresh(): Promise<void> {
    if (this.#streams.size === 0) return;
    const depths = await this.#state.depths();
    this.#streams.broadcast('snapshot', JSON.stringify(this.#snapshot(depths)));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#streams.close();
  }

  /** Never rejects. */
  async #sendTick(): Promise<void> {
    if (this.#streams.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      const tick = this.#state.tick(await this.#state.depths(), this.#sentId);
      this.#sendToPages(tick);
      this.#sendToFiltered(tick);
    } finally {
      this.#isSending = false;
    }
  }

  #sendToPages(tick: Tick): void {
    const { now, ...rest } = tick;
    const body = JSON.stringify(rest);
    if (body === this.#sentBody && Date.now() - this.#sentAt < SILENCE_MS) return;
    this.#sentBody = body;
    this.#sentAt = Date.now();
    this.#sentId = Math.max(this.#sentId, tick.deliveries[0]?.id ?? 0);
    this.#streams.broadcast('tick', JSON.stringify(tick));
  }

  #sendToFiltered(tick: Tick): void {
    const isSilent = Date.now() - this.#sentFilteredAt >= SILENCE_MS;
    if (isSilent) this.#sentFilteredAt = Date.now();
    for (const [response, filtered] of this.#streams.filtered) {
      const drained = filtered.drain();
      if (isSilent || drained.deliveries.length > 0)
        this.#streams.send(response, 'tick', JSON.stringify({ ...tick, ...drained }));
    }
  }

  #snapshot(depths: Depths, filtered?: FilteredDeliveries): Snapshot {
    const snapshot = this.#state.snapshot(depths);
    if (filtered === undefined) return snapshot;
    return { ...snapshot, deliveries: filtered.fitting(this.#activity.deliveries()) };
  }
}
