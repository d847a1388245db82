import type { Arrival } from '../../ops/dashboard/messages.ts';
import { visible } from '../cli/output.ts';

/** "45 ms", "1.2 s", "3 min", "2.5 h" */
export function took(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

export function orderOf({ order }: Arrival): string {
  return order === null ? '(names no order)' : visible(order);
}

/** What there is to say besides the outcome. */
export function noteOf({ reason, conflict }: Arrival): string {
  return [...(reason === undefined ? [] : [reason]), ...(conflict === true ? ['stop the parcel'] : [])].join('; ');
}

/** What is worth a look, what needs a person. */
export function gravityOf({ outcome, conflict }: Arrival): 'plain' | 'warning' | 'error' {
  if (outcome === 'dead-lettered') return 'error';
  return outcome === 'retrying' || conflict === true ? 'warning' : 'plain';
}

/** Picks out of whatever the daemon tells, again after each lost connection, the arrivals that were not there before. */
export class NewArrivals {
  #lastAt = '';
  #keysAtLast = new Set<string>();

  /** @param arrivals newest first @returns oldest first */
  of(arrivals: readonly Arrival[]): Arrival[] {
    const fresh = arrivals.toReversed().filter((arrival) => this.#isNew(arrival));
    for (const arrival of fresh) this.#note(arrival);
    return fresh;
  }

  #isNew(arrival: Arrival): boolean {
    return arrival.at > this.#lastAt || (arrival.at === this.#lastAt && !this.#keysAtLast.has(keyOf(arrival)));
  }

  #note(arrival: Arrival): void {
    if (arrival.at > this.#lastAt) this.#keysAtLast = new Set();
    if (arrival.at >= this.#lastAt) this.#lastAt = arrival.at;
    this.#keysAtLast.add(keyOf(arrival));
  }
}

function keyOf({ id, order, outcome }: Arrival): string {
  return `${id} ${outcome} ${order}`;
}
