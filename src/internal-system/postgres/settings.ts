import type { PoolClient } from 'pg';
import { ConfigError, SyncError } from '../../errors.ts';
import type { Server } from '../sql/renewed-pool.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';
import { backendKey } from './cancel.ts';

export interface Settings {
  /** How our transactions commit. */
  readonly synchronousCommit: string;
  /** Settings may be made once a session: the server itself is at the other end. A pooler gives each transaction another session. */
  readonly isDirect: boolean;
  /** Where a commit that was reported may be lost, and we cannot change it. */
  readonly warnings: readonly string[];
}

interface SettingsRow {
  readonly is_standby: boolean;
  readonly read_only: string;
  readonly encoding: string;
  readonly fsync: string;
  readonly full_pages: string;
  readonly commits: string;
  readonly standbys: string;
  readonly pid: number;
}

/** The driver also takes `query_timeout` per query, which its types don't know. */
const SETTINGS = {
  text: `SELECT pg_is_in_recovery() AS is_standby, current_setting('transaction_read_only') AS read_only,
                current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
                current_setting('full_page_writes') AS full_pages, current_setting('synchronous_commit') AS commits,
                current_setting('synchronous_standby_names') AS standbys, pg_backend_pid() AS pid`,
  query_timeout: TIME_LIMITS_MS.connect,
};

/**
 * Events are acked on the strength of a commit. `synchronous_commit=off`, which reports commits before they are on disk, is
 * overridden; any other value stays, as the operator's choice between waiting for a standby and losing orders to a failover.
 *
 * @throws SyncError when the server takes no writes, ConfigError when the database can't hold every order
 */
export async function readSettings(client: PoolClient, { name }: Server): Promise<Settings> {
  const { rows } = await client.query<SettingsRow>(SETTINGS);
  const [found] = rows;
  if (found?.is_standby === true) throw takesNoOrders(name, 'is a standby');
  if (found?.read_only === 'on') throw takesNoOrders(name, 'is read-only (default_transaction_read_only)');
  if (found?.encoding !== 'UTF8') {
    throw new ConfigError([
      `The PostgreSQL database at ${name} has the encoding ${found?.encoding}, expected UTF8: create one with ENCODING 'UTF8'.`,
    ]);
  }
  return {
    synchronousCommit: found.commits === 'off' ? 'on' : found.commits,
    // Where a commit must be told to be durable, it is told each time: nothing may rest on whether this is a pooler.
    isDirect: found.commits !== 'off' && found.pid === backendKey(client)?.processID,
    warnings: warningsOf(found, name),
  };
}

function takesNoOrders(name: string, what: string): SyncError {
  return new SyncError('internal_system_unavailable', `PostgreSQL at ${name} ${what}: it takes no orders.`);
}

function warningsOf({ fsync, full_pages, commits, standbys }: SettingsRow, name: string): string[] {
  const warnings: string[] = [];
  for (const [setting, value] of Object.entries({ fsync, full_page_writes: full_pages })) {
    if (value === 'off') {
      warnings.push(
        `PostgreSQL at ${name} runs with ${setting}=off: a power cut may lose orders that were acked. Set ${setting}=on.`,
      );
    }
  }
  if (standbys.trim() !== '' && ['local', 'remote_write'].includes(commits)) {
    warnings.push(
      `PostgreSQL at ${name} has synchronous_standby_names and synchronous_commit=${commits}: a failover may lose orders that ` +
        'were acked. Set synchronous_commit=on for the role of INTERNAL_SYSTEM_URL.',
    );
  }
  return warnings;
}
