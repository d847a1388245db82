/** How a `basic.ack` begins on the wire: a method frame of 13 bytes, method 60.80. */
const ACK = /\\x01\\x00\\x[0-9a-f]{2}\\x00\\x00\\x00\\x0d\\x00\\x3c\\x00\\x50/g;

/** `internal.db-wal`, as file names are hex too. The memory of what was acked has a log as well, which need not be synced. */
const LOG = [...Buffer.from('internal.db-wal')].map((byte) => `\\\\x${byte.toString(16)}`).join('');
const IS_LOG = new RegExp(`^\\d+ +\\w+\\(\\d+<[^>]*${LOG}>`);

/** Reads `strace -f -y -xx` of a daemon on SQLite, and counts acks written to a socket before the write-ahead log was synced. */
export function ackedBeforeSynced(trace: string): { acks: number; early: number } {
  let acks = 0;
  let early = 0;
  let isOnDisk = true;
  for (const line of trace.split('\n')) {
    const isLog = IS_LOG.test(line);
    if (isLog && / p?write64\(| write\(/.test(line)) isOnDisk = false;
    else if (isLog && / f(?:data)?sync\(/.test(line)) isOnDisk = true;
    else if (!isLog) {
      const found = line.match(ACK)?.length ?? 0;
      acks += found;
      if (!isOnDisk) early += found;
    }
  }
  return { acks, early };
}
