import { withTimeout } from '../../src/async/deadline.ts';
import type { ChaosDaemon } from '../daemon/daemon.ts';
import { countdown, killAtCommit, killAtRandom, killAtStep, worked } from '../scene/kill.ts';
import type { Scene } from '../scene/scene.ts';
import type { AmqpStep } from '../wire/amqp-proxy.ts';
import type { ChaosCase } from './case.ts';

const DATABASES = ['sqlite', 'postgres', 'mariadb'] as const;
const KILLS = 200;

/** Faults of the daemon's own process. */
export const processCases: readonly ChaosCase[] = [
  {
    id: 'P1',
    fault: 'SIGTERM under load, ten times',
    databases: ['sqlite', 'postgres'],
    play: async (scene) => {
      for (let times = 0; times < 10; times += 1) {
        await worked(scene, 5);
        scene.daemon.signal('SIGTERM', 0);
        await scene.daemon.exited;
        await (await scene.startDaemon()).ready();
      }
      scene.healed();
    },
  },
  {
    id: 'P2',
    fault: 'SIGTERM while broker and database are silent; then two signals',
    databases: ['postgres'],
    scene: { perSecond: 12, env: { SHUTDOWN_TIMEOUT_MS: '3000' } },
    play: async (scene) => {
      await worked(scene, 10);
      scene.databaseProxy?.freeze();
      const asked = scene.shop.requests.length;
      await scene.until('an order is in flight', () => scene.shop.requests.length > asked);
      scene.amqp.freeze();
      // The delivery in flight cannot finish, so the drain deadline passes.
      scene.daemon.signal('SIGTERM', 75);
      await scene.until('the daemon has ended', () => !scene.daemon.isRunning, 20_000);
      scene.amqp.cut();
      scene.databaseProxy?.cut();
      scene.amqp.thaw();
      scene.databaseProxy?.thaw();
      const second = await scene.startDaemon();
      await second.ready();
      scene.setShopFaults(() => ({ kind: 'stall' }));
      await scene.until('a fetch is stuck', () => scene.shop.requests.at(-1)?.fault === 'stall');
      second.signal('SIGTERM', 128 + 15);
      await second.said('"stopping');
      second.signal('SIGTERM', 128 + 15);
      await scene.until('the second daemon has ended', () => !second.isRunning, 2_000);
      scene.setShopFaults(undefined);
      await (await scene.startDaemon()).ready();
      scene.healed();
    },
  },
  {
    id: 'P3',
    fault: `SIGKILL, ${KILLS} times: at random, or at a fetch, a commit, an ack, a published or confirmed retry or dead letter`,
    databases: DATABASES,
    scene: { perSecond: 8, prefetch: 8, plan: { orders: 500, troublesome: 60 } },
    limits: { recoveryMs: 30_000 },
    play: async (scene) => {
      for (let kills = 0; kills < KILLS; kills += 1) {
        await killedSomewhere(scene);
        await scene.startDaemon();
      }
      await scene.daemon.ready();
      scene.healed();
    },
  },
  {
    id: 'P5',
    fault: 'two daemons, then four, on the same orders, some killed (SIGKILL)',
    databases: ['postgres', 'mariadb'],
    daemons: 2,
    scene: { plan: { orders: 400 }, prefetch: 8 },
    play: async (scene) => {
      await scene.progress(0.3);
      for (let more = 0; more < 2; more += 1) await (await scene.startDaemon()).ready();
      for (let kills = 0; kills < 10; kills += 1) {
        await worked(scene, 4);
        const running = scene.daemons.filter(({ isRunning }) => isRunning);
        await scene.random.pick(running).kill();
        await (await scene.startDaemon()).ready();
      }
      scene.healed();
    },
  },
  {
    id: 'P9',
    fault: 'SIGTERM while the shop takes 20 s to answer: the deadline ends fetches, and each delivery has one outcome',
    scene: { env: { SHUTDOWN_TIMEOUT_MS: '2000', SHOP_TIMEOUT_MS: '60000' } },
    play: async (scene) => {
      await worked(scene, 20);
      scene.setShopFaults(() => ({ kind: 'delay', ms: 20_000 }));
      await scene.until('fetches are slow', () => scene.shop.requests.at(-1)?.fault === 'delay');
      scene.daemon.signal('SIGTERM', 75);
      await scene.until('the daemon has ended', () => !scene.daemon.isRunning, 12_000);
      scene.setShopFaults(undefined);
      await (await scene.startDaemon()).ready();
      scene.healed();
    },
  },
];

const POINTS: Readonly<Record<string, (step: AmqpStep) => boolean>> = {
  'its commit was done': ({ method, direction }) => method === 'basic.ack' && direction === 'to-server',
  'it published a retry or dead letter': ({ method, direction }) =>
    method === 'basic.publish' && direction === 'to-server',
  'a retry or dead letter was confirmed': ({ method, direction }) =>
    method === 'basic.ack' && direction === 'to-client',
};

/** Kills the daemon at a random moment, or at one of the named points. */
async function killedSomewhere(scene: Scene): Promise<void> {
  const { random, daemon } = scene;
  const point = random.pick(['random', 'fetched', 'committing', ...Object.keys(POINTS)]);
  const passes = random.between(1, 4);
  const disarm = killAt(scene, daemon, point, passes);
  // The point may never be reached, as when there is nothing to retry.
  await withTimeout(daemon.exited, random.between(1_200, 1_800), () => undefined);
  disarm();
  await daemon.kill();
}

/** @returns disarms it */
function killAt(scene: Scene, daemon: ChaosDaemon, point: string, passes: number): () => void {
  const isPoint = POINTS[point];
  if (isPoint !== undefined) return killAtStep(scene, daemon, isPoint, passes);
  if (point === 'committing') return killAtCommit(scene, daemon, passes);
  if (point === 'random') return killAtRandom(scene, daemon);
  const isNow = countdown(daemon, passes);
  scene.setShopFaults(() => {
    isNow();
    return undefined;
  });
  return () => scene.setShopFaults(undefined);
}
