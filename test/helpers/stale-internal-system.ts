import type { InternalSystemFactory } from '../../src/index.ts';

/** An internal system that holds something newer of every order, and does not name it. */
const stale: InternalSystemFactory = () => ({
  open: async () => undefined,
  writeOrders: async (snapshots) => snapshots.map(() => ({ outcome: 'stale', conflict: false })),
});

export default stale;
