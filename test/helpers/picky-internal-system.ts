import { appendFile } from 'node:fs/promises';
import { type InternalSystemFactory, SyncError } from '../../src/index.ts';

/**
 * An internal system that fails a whole batch for one of its orders, as a module of somebody's own may: because of an order
 * that begins with AWAY as if it were down, with BUG for a bug, with BUSY for something that passes. It records what it wrote
 * in `<folder>/written`, and each call in `<folder>/calls`.
 */
const picky: InternalSystemFactory = ({ env }) => {
  const folder = env['PICKY_FOLDER'] ?? '.';
  return {
    maxBatch: 200,
    open: async () => undefined,
    async writeOrders(snapshots) {
      const numbers = snapshots.map((snapshot) => snapshot.order.orderNumber);
      await appendFile(`${folder}/calls`, `${numbers.join(' ')}\n`);
      const isBad = (start: string) => numbers.some((number) => number.startsWith(start));
      if (isBad('AWAY')) throw new SyncError('internal_system_unavailable', 'The ERP is closed.');
      if (isBad('BUSY')) throw new SyncError('write_failed', 'The ERP is busy.');
      if (isBad('BUG')) throw new TypeError('the ERP module has a bug');
      await appendFile(`${folder}/written`, numbers.map((number) => `${number}\n`).join(''));
      return snapshots.map(() => ({ outcome: 'synced', conflict: false }));
    },
  };
};

export default picky;
