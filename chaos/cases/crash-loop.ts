import { fileURLToPath } from 'node:url';
import { orAborted } from '../../src/async/deadline.ts';
import type { Scene } from '../scene/scene.ts';
import type { ChaosCase } from './case.ts';

const ADAPTER = fileURLToPath(new URL('../daemon/crashing-shop.ts', import.meta.url));

/** Events that crash the daemon each time, and a service manager that keeps restarting it. */
export const crashLoopCases: readonly ChaosCase[] = [
  {
    id: 'B10',
    fault: 'three events that crash the process each time',
    queueTypes: ['classic', 'quorum'],
    daemons: 0,
    scene: { plan: { orders: 200, troublesome: 0 } },
    limits: { countsAttempts: true, deadLetterReasons: ['crashed'], recoveryMs: 30_000 },
    play: async (scene, { seed }) => {
      // Two last digits of order numbers: about three of 200 orders match.
      const env = { SHOP_ADAPTER: ADAPTER, CHAOS_CRASH_ON: String(100 + (seed % 900)).slice(-2) };
      await (await scene.startDaemon(env)).said('"ready');
      await scene.auditFromNowOn();
      {
        await using _ = keepRunning(scene, env);
        await scene.progress(1);
        await scene.until('it has stopped crashing', () => performance.now() - scene.wire.settledAt > 5_000, 120_000);
      }
      scene.healed();
    },
  },
];

/** Starts the daemon again each time it crashes, as systemd does. */
function keepRunning(scene: Scene, env: Readonly<Record<string, string>>): AsyncDisposable {
  const over = new AbortController();
  const loop = (async () => {
    for (;;) {
      const { daemon } = scene;
      await orAborted(daemon.exited, over.signal).catch(() => undefined);
      if (over.signal.aborted) return;
      daemon.expectExit(70);
      await (await scene.startDaemon(env)).said('"ready');
    }
  })();
  // It ends with the scene, if the case does not get to dispose of it.
  loop.catch(() => undefined);
  return {
    [Symbol.asyncDispose]: () => {
      over.abort();
      return loop;
    },
  };
}
