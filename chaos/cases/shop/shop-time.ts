import { outcomeLines } from '../../checks/check-daemons.ts';
import { isDrained } from '../../scene/quiescence.ts';
import type { Scene } from '../../scene/scene.ts';
import type { ChaosCase } from '../case.ts';

const HOUR_MS = 3_600_000;

/** The shop shows what is no longer so, or dates what is new before what is old. */
export const shopTimeCases: readonly ChaosCase[] = [
  {
    id: 'S14',
    fault: 'every other reply from a replica that is 1 to 2 s behind the events',
    // The first delay is longer than the lag, as the default is.
    scene: { retryDelaysMs: [2_200, 2_300, 2_400], plan: { orders: 150 } },
    limits: { countsAttempts: true, shopLags: true, shopCatchesUp: true },
    play: async (scene) => {
      scene.setShopFaults(({ attempt }) =>
        attempt % 2 === 1 ? { kind: 'replica', lagMs: scene.random.between(1_000, 2_000) } : undefined,
      );
      await scene.progress(1);
      scene.healed();
    },
  },
  {
    id: 'S15',
    fault: "the shop's clock set back an hour before the cancellations; then resync --force for each dead letter",
    scene: { plan: { cancelledEarlierMs: HOUR_MS } },
    limits: { countsAttempts: true },
    play: async (scene) => {
      await scene.progress(1);
      await scene.until('everything is settled', () => isDrained(scene));
      const orders = deadLetteredOrders(scene, 'shop_shows_older');
      if (orders.length === 0) throw new Error('expected dead letters with the reason shop_shows_older, found none');
      await succeeds(scene, 'resync', '--force', '--yes', ...orders);
      await succeeds(scene, 'dead-letters', 'replay', '--reason', 'shop_shows_older');
      scene.healed();
    },
  },
];

function deadLetteredOrders(scene: Scene, reason: string): string[] {
  const lines = outcomeLines(scene.daemon.record()).filter(
    (line) => line.outcome === 'dead-lettered' && line.reason === reason,
  );
  return [...new Set(lines.flatMap(({ orderNumber }) => orderNumber ?? []))];
}

async function succeeds(scene: Scene, ...words: readonly string[]): Promise<void> {
  const status = await scene.startCommand(...words).exited;
  if (status !== 0) throw new Error(`order-sync ${words.slice(0, 2).join(' ')} ended with ${status}, expected 0`);
}
