import type { Session } from './connections.ts';

/** The server's settings under which a commit that was reported may be lost; no session can change them. */
export async function durabilityWarnings({ run }: Session): Promise<string[]> {
  const [found = {}] = await run(
    'SELECT @@innodb_flush_log_at_trx_commit AS flush_log, @@log_bin AS has_binlog, @@sync_binlog AS sync_binlog',
  );
  const warnings: string[] = [];
  const flushLog = Number(found['flush_log']);
  if (flushLog === 0 || flushLog === 2) {
    warnings.push(
      `The MySQL server runs with innodb_flush_log_at_trx_commit=${flushLog}: a power cut may lose orders that were acked. Set it to 1.`,
    );
  }
  if (Number(found['has_binlog']) === 1 && Number(found['sync_binlog']) !== 1) {
    warnings.push(
      `The MySQL server writes a binary log with sync_binlog=${Number(found['sync_binlog'])}: after a power cut, replicas may lack orders that were acked. Set it to 1.`,
    );
  }
  return warnings;
}
