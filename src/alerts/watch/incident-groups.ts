import type { FailureReason } from '../../errors.ts';
import { type Conflict, stopsParcel } from '../../internal-system/conflicts.ts';
import { Grouped } from './grouped.ts';
import type { ConflictList, Incident } from './happening.ts';
import { OrderNumbers } from './order-numbers.ts';

/** Order numbers in a message. */
const MAX_NAMED = 10;
const MAX_NAMED_PER_REASON = 5;
/** A parcel leaves soon: whoever packs it must hear of it. */
const PARCEL_WINDOW_MS = 60_000;
const DEAD_LETTERS_WINDOW_MS = 600_000;

interface DeadLetter {
  readonly reason: FailureReason;
  readonly orderNumber: string | null;
}

export function groupedDeadLetters(
  of: 'orders' | 'shipments',
  tell: (incident: Incident) => void,
): Grouped<DeadLetter, Map<FailureReason, OrderNumbers>> {
  return new Grouped({
    begin: () => new Map(),
    add: (reasons, { reason, orderNumber }) => {
      const numbers = reasons.get(reason) ?? new OrderNumbers(MAX_NAMED_PER_REASON);
      numbers.add(orderNumber);
      reasons.set(reason, numbers);
    },
    tell: (reasons) => {
      const counted = [...reasons].map(([reason, { list }]) => ({ reason, ...list }));
      tell({ kind: 'dead_letters', of, reasons: counted.sort((one, other) => other.count - one.count) });
    },
    windowMs: DEAD_LETTERS_WINDOW_MS,
  });
}

interface RaisedConflicts {
  readonly orderNumber: string;
  readonly conflicts: readonly Conflict[];
}

/** Those to be stopped, and those to be checked. */
interface Parcels {
  readonly stop: { count: number; orders: RaisedConflicts[] };
  readonly check: { count: number; orders: RaisedConflicts[] };
}

export function groupedConflicts(tell: (incident: Incident) => void): Grouped<RaisedConflicts, Parcels> {
  return new Grouped({
    begin: (): Parcels => ({ stop: { count: 0, orders: [] }, check: { count: 0, orders: [] } }),
    add: ({ stop, check }, raised) => {
      const parcels = stopsParcel(raised.conflicts) ? stop : check;
      parcels.count += 1;
      if (parcels.orders.length < MAX_NAMED) parcels.orders.push(raised);
    },
    tell: ({ stop, check }: Readonly<Record<'stop' | 'check', ConflictList>>) =>
      tell({ kind: 'conflicts', stop, check }),
    windowMs: PARCEL_WINDOW_MS,
  });
}

export function groupedCancellations(tell: (incident: Incident) => void): Grouped<string, OrderNumbers> {
  return new Grouped({
    begin: () => new OrderNumbers(MAX_NAMED),
    add: (numbers, orderNumber) => numbers.add(orderNumber),
    tell: ({ list }) => tell({ kind: 'cancellations_pending', ...list }),
    windowMs: PARCEL_WINDOW_MS,
  });
}
