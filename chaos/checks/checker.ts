import { checkDaemons } from './check-daemons.ts';
import { checkOrders, countOrders } from './check-orders.ts';
import type { Records } from './records.ts';

/** What must hold after any fault: docs/reliability.md has the sentences. */
export type Invariant = `I${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12}`;

export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly numbers: Numbers;
}

export interface Numbers {
  readonly orders: number;
  readonly events: number;
  readonly deliveries: number;
  readonly redeliveries: number;
  /** Confirmed events that ended nowhere. */
  readonly lost: number;
  /** Orders with more than one row, or an effect that happened twice. */
  readonly doubled: number;
  /** Orders that went back in time. */
  readonly regressed: number;
  readonly deadLetters: number;
  /** Undefined when nothing moved again. */
  readonly recoverySeconds: number | undefined;
}

/** Compares what everybody recorded. Pure: the same records get the same verdict. */
export function check(records: Records): Verdict {
  const violations = [...checkOrders(records), ...checkDaemons(records)];
  const { recoveryMs } = records.times;
  return {
    violations,
    numbers: {
      ...countOrders(records, violations),
      events: records.events.length,
      deliveries: records.wire.deliveries,
      redeliveries: records.wire.redeliveries,
      deadLetters: records.deadLetters.length,
      recoverySeconds: recoveryMs === undefined ? undefined : Math.round(recoveryMs / 100) / 10,
    },
  };
}
