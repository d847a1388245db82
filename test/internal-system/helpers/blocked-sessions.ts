import { expect } from 'vitest';
import type { DatabaseKind, StaffSession } from './test-databases.ts';

/** Polled more often than ten times a second, MySQL keeps returning the same snapshot of its transactions. */
const RARELY = { interval: 250, timeout: 5000 };

/** Waits until another session is blocked by a lock of `holder`, and returns that session's id. */
export async function firstBlockedBy(holder: StaffSession, kind: DatabaseKind): Promise<number> {
  let blocked: number[] = [];
  await expect
    .poll(async () => {
      blocked = await blockedBy(holder, kind);
      return blocked.length;
    }, RARELY)
    .toBeGreaterThan(0);
  return blocked[0] ?? Number.NaN;
}

async function blockedBy(holder: StaffSession, kind: DatabaseKind): Promise<number[]> {
  const rows = await holder.sql(
    kind === 'PostgreSQL'
      ? 'SELECT DISTINCT pid AS id FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))'
      : `SELECT p.id FROM information_schema.innodb_trx t
           JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
          WHERE t.trx_state = 'LOCK WAIT' AND p.db = database()`,
  );
  return rows.map((row) => Number(row['id']));
}
