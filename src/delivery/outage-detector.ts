import type { Dependency, SyncError } from '../errors.ts';

/**
 * Tells an outage from an order's own trouble. The signs:
 *
 * - the failure says so itself (connection refused, credentials refused, rate limited …)
 * - many failures of one dependency in a row, over several different orders, with no success in between
 * - an outage of it has begun, and nothing has succeeded since
 * - an order is at its last attempt, and the dependency has not succeeded for anyone since the order's first failure:
 *   then nothing shows that it is the order's fault
 */
export class OutageDetector {
  readonly #health: Record<Dependency, Health> = { shop: newHealth(), 'internal-system': newHealth() };

  succeeded(dependency: Dependency): void {
    this.#health[dependency] = { ...newHealth(), succeededAt: Date.now() };
  }

  /** Notes the failure. @returns true when it is an outage of `error.dependency` */
  isOutage(error: SyncError, suspect: Suspect): boolean {
    if (error.dependency === undefined) return false;
    const health = this.#health[error.dependency];
    health.failuresInARow += 1;
    health.references.add(suspect.reference);
    health.isOut = this.#looksOut(error, suspect, health);
    return health.isOut;
  }

  #looksOut(error: SyncError, suspect: Suspect, health: Health): boolean {
    if (error.kind === 'outage') return true;
    if (health.failuresInARow >= MANY_FAILURES && health.references.size >= SEVERAL_ORDERS) return true;
    if (error.kind === 'permanent') return false;
    return health.isOut || (suspect.isLastAttempt && health.succeededAt < suspect.firstFailedAt.getTime());
  }
}

/** The delivery whose failure is judged. */
export interface Suspect {
  readonly reference: string;
  readonly isLastAttempt: boolean;
  readonly firstFailedAt: Date;
}

interface Health {
  /** The last failure was an outage, and nothing has succeeded since. */
  isOut: boolean;
  succeededAt: number;
  failuresInARow: number;
  readonly references: Set<string>;
}

function newHealth(): Health {
  return { isOut: false, succeededAt: 0, failuresInARow: 0, references: new Set() };
}

const MANY_FAILURES = 10;
const SEVERAL_ORDERS = 3;
