import { setTimeout as sleep } from 'node:timers/promises';
import type { ReconciliationStore } from '../../internal-system/reconciliation-store.ts';
import { Lease } from '../../reconcile/lease.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { say } from '../cli/output.ts';

/** A person who goes on with an import that was killed waits no longer than this. */
const LEASE_MS = 15_000;
const ASK_EVERY_MS = 1_000;
const GIVE_UP_AFTER_MS = LEASE_MS + 5_000;

/** One import at a time. That of an import that was killed runs out by itself. @throws CommandError, SyncError */
export async function importLease(store: ReconciliationStore): Promise<Lease> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
  for (let isFirst = true; performance.now() < giveUpAt; isFirst = false) {
    const lease = await Lease.take(store, 'import', LEASE_MS);
    if (lease !== undefined) return lease;
    if (isFirst) say('Another import is running, or was killed a moment ago. Waiting for it …');
    await sleep(ASK_EVERY_MS);
  }
  throw new CommandError('Another import is running. Only one at a time can.', EXIT.unavailable);
}
