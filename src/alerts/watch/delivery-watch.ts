import type { DeliveryFacts, Settled } from '../../delivery/outcome.ts';
import type { Incident } from './happening.ts';
import { groupedConflicts, groupedDeadLetters } from './incident-groups.ts';
import type { PendingCancellations } from './pending-cancellations.ts';

export interface DeliveryWatchOptions {
  readonly tell: (incident: Incident) => void;
  readonly cancellations: PendingCancellations;
}

/** What settled deliveries say that a person must hear of. Each costs microseconds, and none waits for anything. */
export class DeliveryWatch {
  readonly #cancellations: PendingCancellations;
  readonly #deadLetters;
  readonly #shipmentDeadLetters;
  readonly #conflicts;

  constructor({ tell, cancellations }: DeliveryWatchOptions) {
    this.#cancellations = cancellations;
    this.#deadLetters = groupedDeadLetters('orders', tell);
    this.#shipmentDeadLetters = groupedDeadLetters('shipments', tell);
    this.#conflicts = groupedConflicts(tell);
  }

  /** For `Intake`'s `settled`. */
  readonly order = ({ facts }: Settled): void => {
    if (facts.outcome === 'dead-lettered') add(this.#deadLetters, facts);
    if (facts.event === 'cancelled') this.#cancellations.settled(facts);
    if (facts.conflicts === undefined) return;
    this.#conflicts.add({ orderNumber: facts.orderNumber ?? facts.reference ?? '', conflicts: facts.conflicts });
  };

  /** The same of the shipments' intake. */
  readonly shipment = ({ facts }: Settled): void => {
    if (facts.outcome === 'dead-lettered') add(this.#shipmentDeadLetters, facts);
  };

  /** Tells what has gathered. */
  flush(): void {
    for (const grouped of [this.#deadLetters, this.#shipmentDeadLetters, this.#conflicts]) grouped.flush();
  }
}

function add(
  deadLetters: ReturnType<typeof groupedDeadLetters>,
  { reason, orderNumber, reference }: DeliveryFacts,
): void {
  deadLetters.add({ reason: reason ?? 'unexpected', orderNumber: orderNumber ?? reference });
}
