import { SyncError } from '../../errors.ts';
import type { Server } from '../sql/renewed-pool.ts';
import type { RunStatement } from './transaction.ts';

export interface Settings {
  /** The largest statement that the server takes. */
  readonly maxPacketBytes: number;
  /** Where a commit that was reported may be lost; no session can change that. */
  readonly warnings: readonly string[];
}

/** Each is `ON` where no orders can be written. MySQL, MariaDB and Aurora know different ones of them. */
const READ_ONLY = ['read_only', 'super_read_only', 'innodb_read_only', 'transaction_read_only', 'tx_read_only'];
const OTHERS = ['max_allowed_packet', 'innodb_flush_log_at_trx_commit', 'log_bin', 'sync_binlog'];

/** @throws SyncError when the server takes no writes */
export async function readSettings(run: RunStatement, { name }: Server): Promise<Settings> {
  const rows = await run('SHOW VARIABLES WHERE Variable_name IN (?)', [[...READ_ONLY, ...OTHERS]]);
  const found = new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
  const readOnly = READ_ONLY.find((variable) => !['OFF', '0', undefined].includes(found.get(variable)));
  if (readOnly !== undefined) {
    const finding = `The MySQL server at ${name} is read-only (${readOnly}), perhaps as a replica: it takes no orders.`;
    throw new SyncError('internal_system_unavailable', finding);
  }
  return { maxPacketBytes: Number(found.get('max_allowed_packet')), warnings: warningsOf(found, name) };
}

function warningsOf(found: ReadonlyMap<string, string>, name: string): string[] {
  const warnings: string[] = [];
  const flushLog = found.get('innodb_flush_log_at_trx_commit');
  if (flushLog === '0' || flushLog === '2') {
    warnings.push(
      `The MySQL server at ${name} runs with innodb_flush_log_at_trx_commit=${flushLog}: a power cut may lose orders that were acked. Set it to 1.`,
    );
  }
  const syncBinlog = found.get('sync_binlog');
  if (found.get('log_bin') === 'ON' && syncBinlog !== '1') {
    warnings.push(
      `The MySQL server at ${name} writes a binary log with sync_binlog=${syncBinlog}: after a power cut, replicas may lack orders that were acked. Set it to 1.`,
    );
  }
  return warnings;
}
