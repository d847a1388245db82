import { fileURLToPath } from 'node:url';
import type { Scene } from '../scene/scene.ts';
import type { ChaosCase } from './case.ts';

const ADAPTER = fileURLToPath(new URL('../daemon/crashing-shop.ts', import.meta.url));

/** An event that takes the daemon down each time, and a service manager that starts it again each time. */
export const crashLoopCases: readonly ChaosCase[] = [
  {
    id: 'B10',
    fault: 'three events that crash the process each time',
    queueTypes: ['classic', 'quorum'],
    daemons: 0,
    scene: { plan: { orders: 200, troublesome: 0 } },
    limits: { countsAttempts: true, deadLetterReasons: ['crashed'], recoveryMs: 30_000 },
    play: async (scene, { seed }) => {
      // The last digits of some order numbers: three or so orders of 200 match.
      const env = { SHOP_ADAPTER: ADAPTER, CHAOS_CRASH_ON: String(100 + (seed % 900)).slice(-2) };
      await (await scene.startDaemon(env)).said('"ready');
      await scene.auditFromNowOn();
      const restarting = keepRunning(scene, env);
      await scene.progress(1);
      await scene.until('it runs on', () => performance.now() - scene.wire.settledAt > 5_000, 120_000);
      await restarting[Symbol.asyncDispose]();
      scene.healed();
    },
  },
];

/** What systemd does. */
function keepRunning(scene: Scene, env: Readonly<Record<string, string>>): AsyncDisposable {
  let isOver = false;
  const loop = (async () => {
    while (!isOver) {
      const { daemon } = scene;
      await Promise.race([daemon.exited, scene.until('it is over', () => isOver, 300_000)]);
      if (isOver || daemon.isRunning) continue;
      daemon.expectExit(70);
      await (await scene.startDaemon(env)).said('"ready');
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      await loop;
    },
  };
}
