import type { ChaosCase } from './case.ts';

/** Orders whose events the shop never published. */
export const reconciliationCases: readonly ChaosCase[] = [
  {
    id: 'S13',
    fault: 'the shop never publishes the events of every tenth order; reconciliation finds them',
    databases: ['sqlite', 'postgres'],
    scene: {
      withholds: (orderNumber) => orderNumber.endsWith('7'),
      // Reconciliation skips the last two minutes, as their events may be on the way: this shop's clock is ahead.
      shopAheadMs: 600_000,
    },
    play: async (scene) => {
      await scene.progress(1);
      await scene.until('everything published is settled', () => performance.now() - scene.wire.settledAt > 2_000);
      const status = await scene.startCommand('reconcile', '--since', '1h').exited;
      if (status !== 0) throw new Error(`order-sync reconcile ended with ${status}, expected 0`);
      scene.healed();
    },
  },
];
