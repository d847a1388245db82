import { setTimeout as sleep } from 'node:timers/promises';
import { statusFault } from '../../demo/shop/faults.ts';
import type { Limits } from '../checks/records.ts';
import type { Scene } from '../scene/scene.ts';
import type { ChaosCase } from './case.ts';

const PER_SECOND = 20;
const EVENTS_PER_ORDER = 1.6;
const MAX_GROWTH_MB = 120;

const LIMITS: Partial<Limits> = {
  countsAttempts: true,
  shopLags: true,
  deadLetterReasons: ['shop_error', 'shop_bad_reply', 'shop_timeout', 'wrong_order', 'order_not_found'],
  recoveryMs: 45_000,
};

/** All kinds of faults at random, for as long as you like. */
export const mixtureCases: readonly ChaosCase[] = [
  {
    id: 'X',
    fault: 'a random mixture of broker, network, shop, database and process faults, one after the other',
    databases: ['postgres'],
    queueTypes: ['quorum'],
    daemons: 2,
    limits: LIMITS,
    scene: { perSecond: PER_SECOND },
    planFor: ({ minutes }) => ({ orders: Math.max(200, Math.round((minutes * 60 * PER_SECOND) / EVENTS_PER_ORDER)) }),
    play: async (scene, { minutes }) => {
      const [longest] = scene.daemons;
      const until = performance.now() + minutes * 60_000;
      let settledMegabytes: number | undefined;
      while (performance.now() < until) {
        await scene.random.pick(FAULTS)(scene);
        await sleep(scene.random.between(200, 4_000));
        // The memory it holds once warm is the baseline.
        if (performance.now() > until - minutes * 40_000) settledMegabytes ??= longest?.memoryMegabytes();
      }
      const grown = (longest?.memoryMegabytes() ?? 0) - (settledMegabytes ?? 0);
      if (grown > MAX_GROWTH_MB)
        throw new Error(`the daemon that ran all along grew by ${grown} MB, expected at most ${MAX_GROWTH_MB}`);
      scene.healed();
    },
  },
];

type Fault = (scene: Scene) => Promise<void>;

const FAULTS: readonly Fault[] = [
  async ({ amqp }) => amqp.cut(),
  async ({ amqp, random }) => {
    amqp.freeze(...random.pick([['to-server'], ['to-client'], []] as const));
    await sleep(random.between(500, 6_000));
    amqp.thaw();
  },
  async ({ amqp, random }) => {
    amqp.slowDown(random.between(500, 20_000));
    await sleep(random.between(500, 3_000));
    amqp.slowDown(undefined);
  },
  async (scene) => {
    const forget = scene.amqp.intercept(({ method }) =>
      method === 'basic.ack' && scene.random.chance(0.2) ? 'cut' : undefined,
    );
    await sleep(3_000);
    forget();
  },
  async ({ broker, random }) => {
    await (random.chance(0.5) ? broker.kill() : broker.stop());
    await sleep(random.between(0, 3_000));
    await broker.start();
  },
  async (scene) => {
    const status = scene.random.pick([401, 429, 500, 503]);
    scene.setShopFaults(() => statusFault(status));
    await sleep(scene.random.between(500, 5_000));
    scene.setShopFaults(undefined);
  },
  async (scene) => {
    const kinds = ['truncate', 'reset', 'wrong-order', 'old-version'] as const;
    scene.setShopFaults(({ references }) => {
      if (!scene.random.chance(0.2)) return undefined;
      const kind = scene.random.pick(kinds);
      return kind === 'old-version' && !references.every((each) => isDated(scene, each)) ? undefined : { kind };
    });
    await sleep(scene.random.between(500, 5_000));
    scene.setShopFaults(undefined);
  },
  async ({ database, random }) => {
    await (random.chance(0.5) ? database.server?.kill() : database.server?.stop());
    await sleep(random.between(0, 3_000));
    await database.server?.start();
  },
  async ({ databaseProxy, random }) => {
    databaseProxy?.onCommit(() => (random.chance(0.3) ? 'cut' : 'pass'));
    await sleep(random.between(500, 3_000));
    databaseProxy?.onCommit(undefined);
  },
  async ({ databaseProxy, random }) => {
    databaseProxy?.freeze();
    await sleep(random.between(500, 6_000));
    databaseProxy?.thaw();
  },
  async (scene) => {
    // The first one runs all along.
    const victim = scene.random.pick(scene.daemons.filter(({ isRunning }) => isRunning).slice(1));
    if (scene.random.chance(0.5)) await victim.kill();
    else victim.signal('SIGTERM', 0);
    await victim.exited;
    // It may be the next victim, and before this line it does not handle SIGTERM yet.
    await (await scene.startDaemon()).said('"msg":"starting"');
  },
];

/**
 * Does the order's last change show in its `updatedAt`? When it does not, as with a refund, the older version that a lagging
 * shop serves looks just as new as the right one.
 */
function isDated({ publisher }: Scene, orderNumber: string): boolean {
  const [last, before] = publisher.versions.get(orderNumber)?.toReversed() ?? [];
  return last?.updatedAt !== before?.updatedAt;
}
