import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultHook } from '../../../demo/demo-shop.ts';
import { statusFault } from '../../../demo/shop/faults.ts';
import type { Scene } from '../../scene/scene.ts';
import type { ChaosCase } from '../case.ts';

const PER_SECOND = 30;

/** Faults of the shop that look like an outage and are none, or the other way round. */
export const shopLimitCases: readonly ChaosCase[] = [
  {
    id: 'S16',
    fault: 'one order in ten refused for itself alone, always: 401, 403, 429 or 503 with Retry-After',
    limits: { countsAttempts: true, deadLetterReasons: ['shop_refused_credentials', 'shop_rate_limited'] },
    play: async (scene) => {
      const statuses = [401, 403, 429, 503];
      scene.setShopFaults(({ references: [reference] }) => {
        const isRefused = reference?.endsWith('7') === true;
        const status = statuses[Number(reference?.at(-2)) % statuses.length] ?? 403;
        return isRefused ? statusFault(status, { 'retry-after': '0' }) : undefined;
      });
      await scene.progress(1);
      scene.healed();
      await scene.until('each of them is a dead letter', () => performance.now() - scene.wire.settledAt > 5_000);
      // As long as no other order has been seen, the first of them may be taken for an outage.
      expectPauses(scene, 1);
    },
  },
  {
    id: 'S17',
    fault: `more than ${PER_SECOND} requests a second refused with 429`,
    scene: { perSecond: 160 },
    play: async (scene) => {
      scene.setShopFaults(limit(PER_SECOND));
      await scene.progress(1);
      await scene.until('all is fetched', () => performance.now() - scene.wire.settledAt > 3_000);
      scene.setShopFaults(undefined);
      scene.healed();
      expectPauses(scene, 0);
    },
  },
  {
    id: 'S18',
    fault: '404 on everything: with a web page, then with JSON',
    limits: { countsAttempts: true, deadLetterReasons: [] },
    play: async (scene) => {
      for (const headers of [{ 'content-type': 'text/html' }, {}]) {
        await scene.progress(0.3);
        scene.setShopFaults(() => statusFault(404, headers));
        await sleep(6_000);
        scene.setShopFaults(undefined);
        scene.healed();
        await sleep(1_000);
      }
    },
  },
  {
    id: 'S19',
    fault: 'maintenance of five seconds, twice: 503 on everything, with "Retry-After: 600"',
    play: async (scene) => {
      for (const share of [0.3, 0.7]) {
        await scene.progress(share);
        scene.setShopFaults(() => statusFault(503, { 'retry-after': '600' }));
        await sleep(5_000);
        scene.setShopFaults(undefined);
        scene.healed();
      }
    },
  },
];

/** Counts in windows of a second. */
function limit(perSecond: number): FaultHook {
  let window = 0;
  let count = 0;
  return () => {
    const now = Math.floor(Date.now() / 1_000);
    if (now !== window) {
      window = now;
      count = 0;
    }
    count += 1;
    return count > perSecond ? statusFault(429, { 'retry-after': '1' }) : undefined;
  };
}

function expectPauses(scene: Scene, atMost: number): void {
  const found = scene.daemon.output.split('\n').filter((line) => line.includes('"paused: ')).length;
  if (found > atMost) throw new Error(`the daemon paused ${found} times, expected at most ${atMost}`);
}
