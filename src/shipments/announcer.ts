import { inParallel } from '../async/in-parallel.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { ReadShipment, ShipmentStore } from '../internal-system/shipment-store.ts';
import type { Turn } from '../internal-system/turn.ts';
import type { Depths } from '../messages/queue-depths.ts';
import { announceShipment } from './shipment-event.ts';

const AT_ONCE = 200;
const CONFIRMS_IN_FLIGHT = 50;
/** Longer than an event takes through its queue when there is nothing else in it. */
const LOST_AFTER_MS = 60_000;

export interface AnnouncerParts {
  readonly store: ShipmentStore;
  readonly rabbit: Pick<RabbitMQ, 'enqueue'>;
  /** The daemon whose turn it is announces. */
  readonly turn: Turn;
  /** Of the shipments' queues. */
  readonly depths: () => Promise<Depths>;
  readonly inFlight: () => number;
}

/**
 * Turns rows that are new or were corrected into events: a row is noted as sent once the broker has confirmed its event. Killed in
 * between, it is sent twice, which does no harm.
 */
export class Announcer {
  readonly #parts: AnnouncerParts;
  #lookedForLostAt = performance.now();

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  /** @throws SyncError, or what publishing throws: what was not noted is still pending */
  async announce(): Promise<void> {
    const { store, turn } = this.#parts;
    if ((await turn.take()) === undefined) return;
    for (let isMore = true; isMore; ) {
      const pending = await store.pending(AT_ONCE);
      if (pending.length > 0) await this.#send(pending);
      isMore = pending.length === AT_ONCE && (await turn.take()) !== undefined;
    }
    if (performance.now() - this.#lookedForLostAt < LOST_AFTER_MS) return;
    this.#lookedForLostAt = performance.now();
    await this.#findLost();
  }

  async #send(pending: readonly ReadShipment[]): Promise<void> {
    const sent: ReadShipment[] = [];
    try {
      await inParallel(pending, CONFIRMS_IN_FLIGHT, async (shipment) => {
        await announceShipment(this.#parts.rabbit, shipment);
        sent.push(shipment);
      });
    } finally {
      if (sent.length > 0) await this.#parts.store.noteSent(sent);
    }
  }

  /** With all queues empty and nothing under way, an event that nothing was heard of is gone: someone has purged a queue. */
  async #findLost(): Promise<void> {
    const { store, depths, inFlight } = this.#parts;
    const { waiting, retrying } = await depths();
    if (waiting !== 0 || retrying !== 0 || inFlight() > 0) return;
    await store.sendAgain(LOST_AFTER_MS);
  }
}
