import { gzipSync } from 'node:zlib';
import type { Fault } from '../../../demo/shop/faults.ts';
import type { Scene } from '../../scene/scene.ts';
import type { ChaosCase } from '../case.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const MEGABYTE = 1024 * 1024;

/** Replies that are expensive to read. */
const HEAVY: readonly (() => Fault)[] = [
  () => ({ kind: 'reply', headers: JSON_TYPE, body: Buffer.alloc(100 * MEGABYTE, ' ') }),
  () => gzipped(gzipBomb()),
  () => ({ kind: 'reply', headers: JSON_TYPE, body: '['.repeat(100_000) + ']'.repeat(100_000) }),
  () => ({
    kind: 'reply',
    headers: JSON_TYPE,
    body: '{"__proto__": {"isAdmin": true}, "constructor": {"prototype": {}}}',
  }),
];

/** 1 MB that expands to 1 GB. */
let bomb: Buffer | undefined;
function gzipBomb(): Buffer {
  bomb ??= Buffer.concat(Array.from({ length: 16 }, () => gzipSync(Buffer.alloc(64 * MEGABYTE, ' '))));
  return bomb;
}

function gzipped(body: Buffer): Fault {
  return { kind: 'reply', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body };
}

/** More faults of the shop: those that attack the reader's memory and stack, and its connections. */
export const shopReplyCases: readonly ChaosCase[] = [
  {
    id: 'S7',
    fault: 'every tenth reply 100 MB, a gzip bomb, 100,000 levels deep, or full of __proto__',
    scene: { perSecond: 40 },
    limits: { countsAttempts: true, deadLetterReasons: ['shop_bad_reply', 'invalid_order', 'wrong_order'] },
    play: async (scene) => {
      const memory = memoryOf(scene);
      scene.setShopFaults(() => (scene.random.chance(0.1) ? scene.random.pick(HEAVY)() : undefined));
      await scene.progress(1);
      scene.setShopFaults(undefined);
      scene.healed();
      const grown = memoryOf(scene) - memory;
      if (grown > 250) throw new Error(`the daemon's memory grew by ${grown} MB, expected at most 250`);
    },
  },
  {
    id: 'S12',
    fault: 'idle connections closed by the server, all the time',
    // This also closes new connections whose first request is on its way, which costs an attempt.
    limits: { countsAttempts: true },
    play: async (scene) => {
      const timer = setInterval(() => scene.shop.closeIdleConnections(), 50);
      await scene.progress(1);
      clearInterval(timer);
      scene.healed();
    },
  },
];

function memoryOf(scene: Scene): number {
  return scene.daemon.memoryMegabytes();
}
