import type { Wait } from '../sql/commit-hangs.ts';
import type { RunStatement } from './transaction.ts';

/** @param connectionId of a connection of our user, which must not see more than its own */
export async function findWait(run: RunStatement, connectionId: number): Promise<Wait> {
  const rows = await run('SELECT state FROM information_schema.processlist WHERE id = ?', [connectionId]);
  const state = String(rows[0]?.['state'] ?? '');
  if (/semi-?sync/i.test(state)) {
    return {
      what: `waits for a semi-synchronous replica ("${state}")`,
      remedy:
        'Bring the replica back, or turn rpl_semi_sync_master_enabled (in MySQL 8, rpl_semi_sync_source_enabled) off: until then, orders wait in the queue.',
    };
  }
  if (/lock/i.test(state))
    return { what: `waits for a lock ("${state}")`, remedy: 'SHOW PROCESSLIST says who may hold it: KILL that one.' };
  return { what: state === '' ? 'is busy' : `is at "${state}"`, remedy: "Look at the server's disk, load and log." };
}
