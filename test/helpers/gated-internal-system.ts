import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InternalSystemFactory } from '../../src/index.ts';

/**
 * An internal system that records each write in `<folder>/begun`, commits only once `<folder>/gate` exists, and records the
 * commit in `<folder>/committed`. So a test can act between the two.
 */
const gated: InternalSystemFactory = ({ env }) => {
  const folder = env['GATE_FOLDER'] ?? '.';
  return {
    maxBatch: 200,
    open: async () => undefined,
    async writeOrders(snapshots) {
      const numbers = snapshots.map((snapshot) => `${snapshot.order.orderNumber}\n`).join('');
      await appendFile(`${folder}/begun`, numbers);
      while (!existsSync(`${folder}/gate`)) await sleep(10);
      await appendFile(`${folder}/committed`, numbers);
      return snapshots.map(() => ({ outcome: 'synced', conflict: false }));
    },
  };
};

export default gated;
