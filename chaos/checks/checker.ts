import { checkDaemons } from './check-daemons.ts';
import { checkOrders, countOrders, type OrderCounts } from './check-orders.ts';
import type { Records } from './records.ts';
import type { Violation } from './violation.ts';

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly numbers: Numbers;
}

export interface Numbers extends OrderCounts {
  readonly events: number;
  readonly deliveries: number;
  readonly redeliveries: number;
  readonly deadLetters: number;
  /** Undefined when nothing was written after the fault. */
  readonly recoverySeconds: number | undefined;
}

/** Compares what every party recorded. Pure: the same records get the same verdict. */
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
