import { setTimeout as sleep } from 'node:timers/promises';
import type { Limits } from '../checks/records.ts';
import type { Scene } from '../scene/scene.ts';
import type { AmqpStep } from '../wire/amqp-proxy.ts';
import type { ChaosCase } from './case.ts';

/** A silent peer is noticed after three heartbeats of 10 s. */
const BLACK_HOLE: Partial<Limits> = { recoveryMs: 45_000, stallMs: 45_000 };

/** Faults between daemon and broker. */
export const networkCases: readonly ChaosCase[] = [
  {
    id: 'N1',
    fault: 'black hole both ways for 40 s',
    limits: BLACK_HOLE,
    play: async (scene) => {
      await scene.progress(0.3);
      scene.amqp.freeze();
      await sleep(40_000);
      scene.amqp.thaw();
      scene.healed();
    },
  },
  {
    id: 'N2',
    fault: 'black hole one way: first acks get lost, then deliveries',
    limits: BLACK_HOLE,
    play: async (scene) => {
      await scene.progress(0.2);
      scene.amqp.freeze('to-server');
      await sleep(35_000);
      scene.amqp.thaw();
      await scene.progress(0.5);
      scene.amqp.freeze('to-client');
      await sleep(35_000);
      scene.amqp.thaw();
      scene.healed();
    },
  },
  {
    id: 'N3',
    fault: 'acks lost with their connection, 8 times',
    play: (scene) => cutAt(scene, 8, ({ method, direction }) => method === 'basic.ack' && direction === 'to-server'),
  },
  {
    id: 'N4',
    fault: 'confirms of retries and dead letters lost with their connection, 8 times',
    scene: { plan: { orders: 200, troublesome: 12 } },
    play: (scene) => cutAt(scene, 8, ({ method, direction }) => method === 'basic.ack' && direction === 'to-client'),
  },
  {
    id: 'N5',
    fault: 'handshake stalls for 20 s',
    play: async (scene) => {
      await scene.progress(0.3);
      const heal = scene.amqp.intercept(({ method }) => (method === 'connection.start' ? 'drop' : undefined));
      scene.amqp.cut();
      await sleep(20_000);
      heal();
      scene.healed();
    },
    // A handshake that began before the heal still reaches its limit of 15 s.
    limits: { recoveryMs: 35_000, stallMs: 35_000 },
  },
  {
    id: 'N6',
    fault: 'connection cut during set-up, 10 times',
    play: async (scene) => {
      await scene.progress(0.3);
      let cuts = 0;
      const points = [
        'connection.start',
        'connection.open-ok',
        'channel.open-ok',
        'queue.declare-ok',
        'basic.consume-ok',
      ];
      const heal = scene.amqp.intercept(({ method }) => {
        if (cuts >= 10 || method !== points[cuts % points.length]) return undefined;
        cuts += 1;
        return 'cut';
      });
      scene.amqp.cut();
      await scene.until('the connection was cut 10 times', () => cuts >= 10, 120_000);
      heal();
      scene.healed();
    },
  },
  {
    id: 'N7',
    fault: 'one-byte slices at 2 KB/s for 15 s',
    play: async (scene) => {
      await scene.progress(0.3);
      scene.amqp.slowDown(2_000);
      await sleep(15_000);
      scene.amqp.slowDown(undefined);
      scene.healed();
    },
  },
];

/** Drops the step together with its connection, `times` times, and lets two steps pass in between. */
async function cutAt(scene: Scene, times: number, isPoint: (step: AmqpStep) => boolean): Promise<void> {
  await scene.progress(0.1);
  let cuts = 0;
  let passed = 0;
  const heal = scene.amqp.intercept((step) => {
    if (!isPoint(step)) return undefined;
    passed += 1;
    if (cuts >= times || passed % 3 !== 0) return undefined;
    cuts += 1;
    return 'cut';
  });
  await scene.until(`the connection was cut ${times} times`, () => cuts >= times, 120_000);
  heal();
  scene.healed();
}
