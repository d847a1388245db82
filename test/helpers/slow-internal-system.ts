import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InternalSystemFactory, WriteResult } from '../../src/index.ts';

/**
 * An ERP that takes its time for each order and records it in `<folder>/written`. 120 orders take longer than a call
 * may, and as long again. It pays no attention to the signal, and counts how many calls ran at a time in `<folder>/calls`.
 */
const slow: InternalSystemFactory = ({ env }) => {
  const folder = env['SLOW_FOLDER'] ?? '.';
  let running = 0;
  return {
    maxBatch: Number(env['SLOW_BATCH'] ?? 1),
    maxWrites: Number(env['SLOW_WRITES'] ?? 1),
    writeTimeoutMs: 400,
    open: async () => undefined,
    async writeOrders(snapshots, { report }) {
      running += 1;
      await appendFile(`${folder}/calls`, `${running}\n`);
      const results: WriteResult[] = [];
      for (const [index, { order }] of snapshots.entries()) {
        await sleep(9);
        await appendFile(`${folder}/written`, `${order.orderNumber}\n`);
        const result = { outcome: 'synced', conflict: false } as const;
        results.push(result);
        if (env['SLOW_REPORTS'] === 'yes') report(index, result);
      }
      running -= 1;
      return results;
    },
  };
};

export default slow;
