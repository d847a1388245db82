import { checkIsRequested } from '../../delivery/check-order.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import { type Conflict, raisedBy } from '../../internal-system/conflicts.ts';
import type { Snapshot } from '../../internal-system/internal-system.ts';
import type { BothSides } from './both-sides.ts';
import { type Comparison, compareWithStored, type FailedResync, type Version } from './preview.ts';

/** An order that is stored as the shop shows it. */
export interface Written {
  readonly reference: string;
  readonly orderNumber: string;
  readonly outcome: 'synced' | 'unchanged';
  /** The newer version that had to give way; null if force was not needed. */
  readonly replaced: Version | null;
  /** True when this cancelled an order that staff had begun to pick. */
  readonly conflicts: readonly Conflict[];
}

/** An order that the shop shows as older than what is stored, still. */
export interface Older {
  readonly reference: string;
  readonly orderNumber: string;
  readonly outcome: 'stale';
  readonly comparison: Comparison;
  /** Writes what the shop shows, unless something else has been stored since. */
  readonly replace: () => Promise<Written | FailedResync>;
}

/** As in a delivery. */
const MAX_ROUNDS = 5;

/**
 * Fetches the order and writes it, like the daemon. What the daemon would not write, because it is older than what is stored,
 * is left for a person to decide.
 */
export async function bringIn(reference: string, sides: BothSides): Promise<Written | Older | FailedResync> {
  try {
    let seen: string | undefined;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const snapshot = await fetchSnapshot(reference, sides, seen);
      const { orderNumber } = snapshot.order;
      const { outcome, conflict, stored } = await sides.writer.write(snapshot);
      if (outcome === 'synced' || outcome === 'unchanged') {
        const written = { reference, orderNumber, outcome, replaced: null, conflicts: raisedBy(conflict) };
        return await delivered(written, snapshot, sides);
      }
      if (stored === undefined) throw cannotForce(orderNumber);
      if (outcome === 'stale' && stored === seen) return await older(reference, snapshot, sides);
      seen = stored;
    }
    throw new SyncError('write_failed', `Others kept writing order ${reference}. Try again.`);
  } catch (error) {
    return { reference, outcome: null, error: asSyncError(error) };
  }
}

async function fetchSnapshot(reference: string, { fetcher }: BothSides, seen: string | undefined): Promise<Snapshot> {
  const receivedAt = new Date();
  const { order, fetchedAt } = await fetcher.fetch(reference);
  checkIsRequested(order, reference);
  return { order, fetchedAt, eventInfo: { reference, event: 'updated', attempt: 1, receivedAt }, seen };
}

async function older(reference: string, snapshot: Snapshot, sides: BothSides): Promise<Older> {
  const { system, writer } = sides;
  const { orderNumber } = snapshot.order;
  const comparison = await compareWithStored(snapshot.order, system);
  const replace = async (): Promise<Written | FailedResync> => {
    try {
      const { outcome, conflict } = await writer.write({ ...snapshot, force: true });
      if (outcome !== 'synced' && outcome !== 'unchanged') throw changedMeanwhile(orderNumber);
      const replaced = outcome === 'synced' ? comparison.stored : null;
      const written = { reference, orderNumber, outcome, replaced, conflicts: raisedBy(conflict) };
      return await delivered(written, snapshot, sides);
    } catch (error) {
      return { reference, outcome: null, error: asSyncError(error) };
    }
  };
  return { reference, orderNumber, outcome: 'stale', comparison, replace };
}

/** Where there is an ERP behind the ledger, it gets what is stored now. */
async function delivered(written: Written, snapshot: Snapshot, { deliverer }: BothSides): Promise<Written> {
  const result = await deliverer?.deliver(snapshot);
  if (result?.outcome !== 'delivered') return written;
  return { ...written, outcome: 'synced', conflicts: [...new Set([...written.conflicts, ...result.conflicts])] };
}

function changedMeanwhile(orderNumber: string): SyncError {
  return new SyncError(
    'write_failed',
    `Another version of order ${orderNumber} was stored in the meantime, so nothing was replaced. Look at it, and try again.`,
  );
}

function cannotForce(orderNumber: string): SyncError {
  return new SyncError(
    'write_rejected',
    `The internal system holds a newer version of order ${orderNumber}, but its module does not name that version ` +
      '("stored"), so order-sync cannot replace it. Correct the order in the internal system itself.',
  );
}
