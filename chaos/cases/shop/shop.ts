import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultHook } from '../../../demo/demo-shop.ts';
import { type Fault, htmlFault, redirectFault, statusFault } from '../../../demo/shop/faults.ts';
import type { Limits } from '../../checks/records.ts';
import type { Scene } from '../../scene/scene.ts';
import type { ChaosCase } from '../case.ts';

const ANY_REPLY = ['shop_error', 'shop_timeout', 'shop_bad_reply', 'order_not_found', 'wrong_order', 'invalid_order'];

/** These faults hit single requests: attempts count, and bad luck may use them all up. */
const BY_CHANCE: Partial<Limits> = {
  countsAttempts: true,
  deadLetterReasons: ANY_REPLY,
};

/** Faults of the shop. A case with several plays them one after the other. */
export const shopCases: readonly ChaosCase[] = [
  {
    id: 'S1',
    fault: 'half of the replies are 500, 502, 503 or 429, with all kinds of Retry-After',
    scene: { perSecond: 40 },
    limits: BY_CHANCE,
    play: (scene) => {
      const retryAfter = () =>
        scene.random.pick([undefined, '1', new Date(Date.now() + 1_000).toUTCString(), '-5', 'soon', '']);
      return byChance(scene, 0.5, () => {
        const status = scene.random.pick([500, 502, 503, 429]);
        const wait = retryAfter();
        return statusFault(status, wait === undefined || status < 503 ? {} : { 'retry-after': wait });
      });
    },
  },
  {
    id: 'S2',
    fault: '404 at first, then the order; pending at first, then paid',
    limits: { countsAttempts: true },
    // Several events ask for each order, and two of them may be too early.
    scene: { plan: { orders: 200, troublesome: 20, refunds: false } },
    play: async (scene) => {
      scene.setShopFaults(({ attempt }) => (attempt === 1 ? statusFault(404) : undefined));
      await scene.progress(1);
      scene.setShopFaults(undefined);
      scene.healed();
    },
  },
  {
    id: 'S3',
    fault: '401, then 403, on everything; then 403 on and off, each second',
    play: async (scene) => {
      for (const status of [401, 403]) await outage(scene, () => statusFault(status));
      await outage(scene, () => (Math.floor(performance.now() / 1_000) % 2 === 0 ? statusFault(403) : undefined));
    },
  },
  {
    id: 'S4',
    fault: 'reply bodies at one byte a second',
    scene: { env: { SHOP_TIMEOUT_MS: '1500' } },
    limits: { ...BY_CHANCE, deadLetterReasons: [] },
    play: (scene) => outage(scene, () => ({ kind: 'slow-body', everyMs: 1_000, bytes: 1 }), 10_000),
  },
  {
    id: 'S5',
    fault: 'a third of the replies truncated or reset',
    limits: BY_CHANCE,
    play: (scene) => byChance(scene, 0.33, () => ({ kind: scene.random.pick(['truncate', 'reset'] as const) })),
  },
  {
    id: 'S6',
    fault: 'a third of the replies HTML with status 200, broken JSON, or of another type',
    limits: BY_CHANCE,
    play: (scene) =>
      byChance(scene, 0.33, () =>
        scene.random.pick<Fault>([
          htmlFault(),
          { kind: 'reply', body: '{"orderNumber": "1", ' },
          { kind: 'reply', headers: { 'content-type': 'text/plain' }, body: 'try again' },
          { kind: 'reply', body: '' },
          { kind: 'reply', body: 'null' },
        ]),
      ),
  },
  {
    id: 'S9',
    fault: 'a quarter of the replies another order, or an older version',
    scene: { plan: { orders: 200, refunds: false } },
    limits: { ...BY_CHANCE, deadLetterReasons: [...ANY_REPLY, 'shop_shows_older'], shopLags: true },
    play: (scene) =>
      byChance(scene, 0.25, () => ({ kind: scene.random.pick(['wrong-order', 'old-version'] as const) })),
  },
  {
    id: 'S10',
    fault: 'every request redirected: to the shop itself, then to another origin',
    limits: { countsAttempts: true },
    play: async (scene) => {
      await outage(scene, () => redirectFault(`${scene.shop.url}/orders/loop`, 301));
      await outage(scene, () => redirectFault('http://127.0.0.1:1/elsewhere', 307));
    },
  },
];

/** Each reply fails with this probability, until the last event is published. */
async function byChance(scene: Scene, probability: number, fault: () => Fault): Promise<void> {
  const hook: FaultHook = () => (scene.random.chance(probability) ? fault() : undefined);
  scene.setShopFaults(hook);
  await scene.progress(1);
  scene.setShopFaults(undefined);
  scene.healed();
}

/** Every reply fails for a while. */
async function outage(scene: Scene, hook: FaultHook, forMs = 6_000): Promise<void> {
  await scene.progress(0.3);
  scene.setShopFaults(hook);
  await sleep(forMs);
  scene.setShopFaults(undefined);
  scene.healed();
}
