import { setTimeout as sleep } from 'node:timers/promises';
import { statusFault } from '../../demo/shop/faults.ts';
import type { Scene } from '../scene/scene.ts';
import type { ChaosCase } from './case.ts';

/** Faults around the dead letters. */
export const deadLetterCases: readonly ChaosCase[] = [
  {
    id: 'R1',
    fault: 'dead letters replayed twice, with kills in the middle, after the orders have changed',
    queueTypes: ['classic', 'quorum'],
    limits: { countsAttempts: true },
    play: async (scene) => {
      // The shop answers 404 for three orders in ten, until all their events are dead letters.
      scene.setShopFaults(({ references }) =>
        references.some((reference) => isDenied(reference)) ? statusFault(404) : undefined,
      );
      await scene.progress(1);
      await scene.until('everything is settled', () => performance.now() - scene.wire.settledAt > 3_000);
      scene.setShopFaults(undefined);
      for (let kills = 0; kills < 5; kills += 1) await replay(scene, scene.random.between(1, 8));
      await replay(scene);
      await sleep(500);
      await replay(scene);
      scene.healed();
    },
  },
];

function isDenied(reference: string): boolean {
  return /[048]$/.test(reference);
}

/** `order-sync dead-letters replay --all`, killed after that many publishes if given. */
async function replay(scene: Scene, killedAfter = Number.POSITIVE_INFINITY): Promise<void> {
  const program = scene.startCommand('dead-letters', 'replay', '--all');
  let published = 0;
  const forget = scene.amqp.intercept((step) => {
    if (step.method !== 'basic.publish' || step.routingKey !== scene.queue) return undefined;
    published += 1;
    if (published !== killedAfter) return undefined;
    program.kill('SIGKILL');
    return scene.random.chance(0.5) ? 'cut' : undefined;
  });
  await program.exited;
  forget();
}
