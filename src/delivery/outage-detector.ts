import type { Dependency, SyncError } from '../errors.ts';

/**
 * Tells an outage from a single order's trouble. The signs:
 *
 * - the failure says so itself (connection refused, credentials refused, rate limited …)
 * - many failures of one dependency in a row, across several orders, with no success in between
 * - an outage of the dependency has begun, and nothing has succeeded since
 * - an order is at its last attempt, and the dependency has not succeeded for anyone since the order's first failure:
 *   nothing shows that it is the order's fault
 */
export class OutageDetector {
  readonly #health: Record<Dependency, Health> = { shop: newHealth(), 'internal-system': newHealth() };

  recordSuccess(dependency: Dependency): void {
    this.#health[dependency] = { ...newHealth(), succeededAt: Date.now() };
  }

  recordFailure(error: SyncError, suspect: Suspect): void {
    if (error.dependency === undefined) return;
    const health = this.#health[error.dependency];
    health.failuresInARow += 1;
    health.references.add(suspect.reference);
    health.isDown = looksDown(error, suspect, health);
  }

  /** As of the last success or failure recorded. */
  isDown(dependency: Dependency | undefined): boolean {
    return dependency !== undefined && this.#health[dependency].isDown;
  }
}

function looksDown(error: SyncError, suspect: Suspect, health: Health): boolean {
  if (error.kind === 'outage') return true;
  if (health.failuresInARow >= MANY_FAILURES && health.references.size >= SEVERAL_ORDERS) return true;
  if (error.kind === 'permanent') return false;
  return health.isDown || (suspect.isLastAttempt && health.succeededAt < suspect.firstFailedAt.getTime());
}

/** The delivery whose failure is recorded. */
export interface Suspect {
  readonly reference: string;
  readonly isLastAttempt: boolean;
  readonly firstFailedAt: Date;
}

interface Health {
  isDown: boolean;
  /** ms since the epoch; 0: never. */
  succeededAt: number;
  failuresInARow: number;
  readonly references: Set<string>;
}

function newHealth(): Health {
  return { isDown: false, succeededAt: 0, failuresInARow: 0, references: new Set() };
}

const MANY_FAILURES = 10;
const SEVERAL_ORDERS = 3;
