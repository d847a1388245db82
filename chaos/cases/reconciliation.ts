import { EDITED } from '../scene/plan.ts';
import type { Scene } from '../scene/scene.ts';
import { storedContent } from '../servers/internal-database.ts';
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
  {
    id: 'S20',
    fault:
      'one order in ten edited with more to pay and announced as paid; the event of the payment is lost, reconciliation finds it',
    scene: { plan: { edited: 0.1, refunds: false }, retryDelaysMs: [50, 100], shopAheadMs: 600_000 },
    limits: { countsAttempts: true, deadLetterReasons: ['not_yet_paid'] },
    play: async (scene) => {
      await scene.progress(1);
      await scene.until('everything published is settled', () => performance.now() - scene.wire.settledAt > 2_000);
      const edited = scene.publisher.events.filter(({ id }) => id.startsWith(EDITED));
      const numbers = edited.flatMap(({ orderNumber }) => orderNumber ?? []);
      if (numbers.length === 0) throw new Error('expected edited orders, found none');
      await scene.until('each is stored as it was edited', () => allStored(scene, numbers, 'pending'));
      for (const number of numbers) {
        const order = scene.shop.get(number);
        if (order === undefined) throw new Error(`expected order ${number} in the shop, found none`);
        // Some shops date a payment, others do not.
        const updatedAt = scene.random.chance(0.5) ? order.updatedAt : new Date().toISOString();
        scene.publisher.change({ ...order, status: 'paid', updatedAt });
      }
      const status = await scene.startCommand('reconcile', '--since', '1h').exited;
      if (status !== 0) throw new Error(`order-sync reconcile ended with ${status}, expected 0`);
      await scene.until('each is stored as paid', () => allStored(scene, numbers, 'paid'));
      scene.healed();
    },
  },
];

async function allStored(scene: Scene, orderNumbers: readonly string[], status: string): Promise<boolean> {
  const contents = await Promise.all(orderNumbers.map((number) => storedContent(scene.database, number)));
  return contents.every((content) => content?.includes(`"status":"${status}"`));
}
