import type { PoolClient } from 'pg';
import { ConfigError } from '../../errors.ts';

interface Settings {
  /** How our transactions commit. */
  readonly synchronousCommit: string;
  /** Where a commit that was reported may be lost, and we cannot change it. */
  readonly warnings: readonly string[];
}

interface SettingsRow {
  readonly encoding: string;
  readonly fsync: string;
  readonly full_pages: string;
  readonly commits: string;
  readonly standbys: string;
}

/**
 * Events are acked on the strength of a commit. `synchronous_commit=off`, which reports commits before they are on disk, is
 * overridden; any other value stays, as the operator's choice between waiting for a standby and losing orders to a failover.
 *
 * @throws ConfigError when the database can't hold every order
 */
export async function readSettings(client: PoolClient): Promise<Settings> {
  const { rows } = await client.query<SettingsRow>(
    `SELECT current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
            current_setting('full_page_writes') AS full_pages, current_setting('synchronous_commit') AS commits,
            current_setting('synchronous_standby_names') AS standbys`,
  );
  const [found] = rows;
  if (found?.encoding !== 'UTF8') {
    throw new ConfigError([
      `The PostgreSQL database has the encoding ${found?.encoding}, expected UTF8: create one with ENCODING 'UTF8'.`,
    ]);
  }
  return { synchronousCommit: found.commits === 'off' ? 'on' : found.commits, warnings: warningsOf(found) };
}

function warningsOf({ fsync, full_pages, commits, standbys }: SettingsRow): string[] {
  const warnings: string[] = [];
  for (const [name, value] of Object.entries({ fsync, full_page_writes: full_pages })) {
    if (value === 'off')
      warnings.push(`PostgreSQL runs with ${name}=off: a power cut may lose orders that were acked. Set ${name}=on.`);
  }
  if (standbys.trim() !== '' && ['local', 'remote_write'].includes(commits)) {
    warnings.push(
      `PostgreSQL has synchronous_standby_names and synchronous_commit=${commits}: a failover may lose orders that were ` +
        'acked. Set synchronous_commit=on for the role of INTERNAL_SYSTEM_URL.',
    );
  }
  return warnings;
}
