/** What a `basic.ack` on the wire begins with, after its channel: 13 bytes of method 60.80. */
const ACK = /\\x01\\x00\\x[0-9a-f]{2}\\x00\\x00\\x00\\x0d\\x00\\x3c\\x00\\x50/g;

/**
 * Reads `strace -f -y -xx` of a daemon on SQLite: is there an ack that was written to its socket while something in the
 * write-ahead log was not yet on the disk?
 */
export function ackedBeforeSynced(trace: string): { acks: number; early: number } {
  let acks = 0;
  let early = 0;
  let isOnDisk = true;
  for (const line of trace.split('\n')) {
    // File names come as hex too: the log's is recognised by its end, "-wal".
    const isLog = /^\d+ +\w+\(\d+<[^>]*\\x2d\\x77\\x61\\x6c>/.test(line);
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
