import type { DeliveryEvent } from '../../ops/dashboard/messages.ts';
import { visible } from '../cli/output.ts';

/** "45 ms", "1.2 s", "3 min", "2.5 h" */
export function took(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

export function orderOf({ order, outcome }: DeliveryEvent): string {
  if (order !== null) return visible(order);
  return outcome === 'split' ? '(names several orders)' : '(names no order)';
}

/** What else to know besides the outcome. */
export function noteOf({ reason, conflict }: DeliveryEvent): string {
  return [...(reason === undefined ? [] : [reason]), ...(conflict === true ? ['stop the parcel'] : [])].join('; ');
}

/** A warning is worth a look, an error needs a person. */
export function severityOf({ outcome, conflict }: DeliveryEvent): 'plain' | 'warning' | 'error' {
  if (outcome === 'dead-lettered') return 'error';
  return outcome === 'retrying' || conflict === true ? 'warning' : 'plain';
}

/** Picks the new deliveries out of the daemon's messages. After a lost connection, a snapshot repeats earlier ones. */
export class NewDeliveries {
  #lastAt = '';
  #keysAtLast = new Set<string>();

  /** @param deliveries newest first @returns oldest first */
  of(deliveries: readonly DeliveryEvent[]): DeliveryEvent[] {
    const fresh = deliveries.toReversed().filter((delivery) => this.#isNew(delivery));
    for (const delivery of fresh) this.#remember(delivery);
    return fresh;
  }

  #isNew(delivery: DeliveryEvent): boolean {
    return delivery.at > this.#lastAt || (delivery.at === this.#lastAt && !this.#keysAtLast.has(keyOf(delivery)));
  }

  #remember(delivery: DeliveryEvent): void {
    if (delivery.at > this.#lastAt) this.#keysAtLast = new Set();
    if (delivery.at >= this.#lastAt) this.#lastAt = delivery.at;
    this.#keysAtLast.add(keyOf(delivery));
  }
}

function keyOf({ id, order, outcome }: DeliveryEvent): string {
  return `${id} ${outcome} ${order}`;
}
