import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import { deadLetterQueueName } from '../../src/messages/retry-queues.ts';
import type { Scene } from '../scene/scene.ts';
import { brokerUrl } from '../servers/servers.ts';
import type { ChaosCase } from './case.ts';

/** More of each kind than fit into the prefetch. */
const TROUBLESOME = 20;

/** Limits that policies of the broker set to our queues. */
export const limitCases: readonly ChaosCase[] = [
  {
    id: 'B11',
    fault:
      "a policy's delivery limit of 3: the daemon killed 6 times while the shop stalls, then the shop away 5 times",
    queueTypes: ['quorum'],
    // A reply that is reset counts an attempt until it is clear that everyone's are: the last one may be such an attempt.
    limits: { countsAttempts: true, deadLetterReasons: ['shop_bad_reply'] },
    play: async (scene) => {
      await setPolicy(scene, `^${scene.queue}$`, { 'delivery-limit': 3 });
      await scene.progress(0.1);
      scene.setShopFaults(() => ({ kind: 'stall' }));
      await scene.progress(0.4);
      scene.publisher.pause();
      for (let kills = 0; kills < 6; kills += 1) {
        // The prefetch is in flight by then, with a shop that does not answer.
        await sleep(500);
        scene.daemon.signal('SIGKILL');
        await scene.daemon.exited;
        await (await scene.startDaemon()).ready();
      }
      for (let times = 0; times < 5; times += 1) {
        scene.setShopFaults(() => ({ kind: 'reset' }));
        // So that there are events left to meet the next outage, too.
        scene.publisher.resume();
        await scene.progress(0.5 + times / 10);
        scene.publisher.pause();
        await scene.until('the daemon has paused', () => pauses(scene) > times);
        scene.setShopFaults(undefined);
        await scene.until('it has resumed', () => resumptions(scene) > times);
      }
      scene.publisher.resume();
      scene.healed();
    },
  },
  {
    id: 'B12',
    fault: 'retry and dead-letter queues full, with more failing events than the prefetch: good orders pass',
    queueTypes: ['classic', 'quorum'],
    scene: { plan: { orders: 150, troublesome: TROUBLESOME } },
    // RabbitMQ 3.10 keeps refusing on channels opened before the heal. After 20 s the daemon opens another.
    limits: { stallMs: 40_000 },
    play: async (scene) => {
      scene.publisher.pause();
      const lift = await setPolicy(scene, `^${scene.queue}\\.`, { 'max-length': 0, overflow: 'reject-publish' });
      scene.publisher.resume();
      await scene.progress(1);
      await scene.until('every good order is stored', async () => {
        const [row] = await scene.database.run('SELECT count(*) AS n FROM orders');
        return Number(row?.['n']) >= 150;
      });
      const { status } = await fetch(`http://127.0.0.1:${scene.daemon.opsPort}/readyz`);
      if (status !== 503) throw new Error(`/readyz answers ${status} while retries are refused, expected 503`);
      await lift();
      scene.healed();
    },
  },
  {
    id: 'B13',
    fault: 'dead letters under a max-length, in a queue that an earlier version has declared',
    queueTypes: ['classic', 'quorum'],
    daemons: 0,
    scene: { plan: { orders: 100, troublesome: 10 } },
    play: async (scene) => {
      await declareAsBefore(scene);
      await setPolicy(scene, `^${deadLetterQueueName(scene.queue)}$`, { 'max-length': 5 });
      // Creates the tables: events are under way already, and the first of them has to be audited too.
      await scene.startCommand('check').exited;
      await scene.auditFromNowOn();
      for (let count = 0; count < 2; count += 1) await (await scene.startDaemon()).ready();
      await scene.progress(1);
      scene.healed();
    },
  },
];

/** Until the scene is taken down, or the returned function is called. */
async function setPolicy(scene: Scene, pattern: string, definition: object): Promise<() => Promise<void>> {
  const { broker, queue } = scene;
  const name = `limit-${queue}`;
  await broker.ctl('set_policy', '--apply-to', 'queues', name, pattern, JSON.stringify(definition));
  const lift = async () => void (await broker.ctl('clear_policy', name).catch(() => undefined));
  scene.defer(lift);
  return lift;
}

/** The dead-letter queue, as version 0.1 does. */
async function declareAsBefore({ queue, options, broker }: Scene): Promise<void> {
  const quorum = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 };
  const model = await connect(brokerUrl(broker.address));
  const channel = await model.createChannel();
  await channel.assertQueue(deadLetterQueueName(queue), {
    durable: true,
    arguments: options.queueType === 'quorum' ? quorum : { 'x-queue-type': 'classic' },
  });
  await model.close();
}

function pauses({ daemon }: Scene): number {
  return daemon.output.split('"msg":"paused').length - 1;
}

function resumptions({ daemon }: Scene): number {
  return daemon.output.split('"msg":"resumed').length - 1;
}
