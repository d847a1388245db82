import type { PoolClient } from 'pg';
import type { Wait } from '../sql/commit-hangs.ts';

interface WaitRow {
  readonly kind: string | null;
  readonly event: string | null;
  readonly standbys: string;
  readonly holder: number | null;
}

const WAIT = `
  SELECT wait_event_type AS kind, wait_event AS event, current_setting('synchronous_standby_names') AS standbys,
         (pg_blocking_pids(pid))[1] AS holder
    FROM pg_stat_activity WHERE pid = $1`;

/** @param pid of a server process of our role, which must not see more than its own */
export async function findWait(client: PoolClient, pid: number): Promise<Wait> {
  const { rows } = await client.query<WaitRow>(WAIT, [pid]);
  const [found] = rows;
  if (found?.event === 'SyncRep') {
    return {
      what: `waits for a synchronous standby (SyncRep, synchronous_standby_names = '${found.standbys}')`,
      remedy:
        'Bring the standby back, or take it out of synchronous_standby_names: until then, orders wait in the queue.',
    };
  }
  if (found?.kind === 'Lock') {
    return {
      what: `waits for a lock (${found.event}) that process ${found.holder} holds`,
      remedy: `See what that process does in pg_stat_activity, and end it: SELECT pg_terminate_backend(${found.holder});`,
    };
  }
  const event = found?.event == null ? 'is busy' : `waits for ${found.kind}: ${found.event}`;
  return { what: event, remedy: "Look at the server's disk, load and log." };
}
