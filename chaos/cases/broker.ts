import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, connect } from 'amqplib';
import { isDrained } from '../scene/quiescence.ts';
import { brokerUrl, type Scene } from '../scene/scene.ts';
import { BROKER_PASSWORD, BROKER_USER } from '../servers/servers.ts';
import type { ChaosCase } from './case.ts';

const BOTH = ['classic', 'quorum'] as const;

/** Faults of the broker itself. */
export const brokerCases: readonly ChaosCase[] = [
  {
    id: 'B1',
    fault: 'connections closed by force, 20 times',
    queueTypes: BOTH,
    // Each of the 20 takes rabbitmqctl more than a second: the events are to last as long.
    scene: { perSecond: 12 },
    play: async (scene) => {
      const closeAll = 'rabbitmqctl close_all_connections';
      for (let times = 0; times < 20; times += 1) await scene.broker.ctl('close_all_connections', closeAll);
      scene.healed();
    },
  },
  {
    id: 'B2',
    fault: 'broker killed, twice',
    queueTypes: BOTH,
    scene: { perSecond: 60 },
    play: async (scene) => {
      for (const share of [0.3, 0.7]) {
        await scene.progress(share);
        await scene.broker.kill();
        await scene.broker.start();
        scene.healed();
      }
    },
  },
  {
    id: 'B3',
    fault: 'broker away at start, and for 60 s later',
    queueTypes: BOTH,
    daemons: 0,
    play: async (scene) => {
      await scene.broker.ctl('stop_app');
      const daemon = await scene.startDaemon();
      await daemon.said('RabbitMQ is away');
      await scene.broker.ctl('start_app');
      await daemon.ready();
      await scene.auditFromNowOn();
      await scene.progress(0.3);
      await scene.broker.ctl('stop_app');
      await sleep(60_000);
      await scene.broker.ctl('start_app');
      scene.healed();
    },
  },
  {
    id: 'B4',
    fault: 'queue deleted under the consumer: without a word, and with the usual notice',
    queueTypes: BOTH,
    play: async (scene) => {
      await scene.progress(0.3);
      // RabbitMQ 3.10 does this to quorum queues at times.
      const speakAgain = scene.amqp.intercept(({ method, direction }) =>
        method === 'basic.cancel' && direction === 'to-client' ? 'drop' : undefined,
      );
      await deleteMainQueue(scene);
      await scene.until('it has noticed', () => scene.daemon.output.includes('RabbitMQ is back'), 35_000);
      speakAgain();
      await scene.progress(0.7);
      await deleteMainQueue(scene);
      scene.healed();
    },
  },
  {
    id: 'B5',
    fault: 'queue already declared with other arguments: exit 78, and well once it is gone',
    queueTypes: BOTH,
    daemons: 0,
    play: async (scene) => {
      scene.publisher.pause();
      await onChannel(scene, (channel) => channel.assertQueue(scene.queue, { arguments: { 'x-max-priority': 3 } }));
      const refused = await scene.startDaemon();
      refused.expectExit(78);
      await refused.exited;
      await onChannel(scene, (channel) => channel.deleteQueue(scene.queue));
      await scene.begin();
      scene.healed();
      scene.publisher.resume();
    },
  },
  {
    id: 'B6',
    fault: 'acknowledgement timeout while the shop stalls',
    queueTypes: BOTH,
    daemons: 0,
    scene: { env: { SHOP_TIMEOUT_MS: '8000' } },
    play: async (scene) => {
      await setAckTimeout(scene, 3_000, 1_000);
      scene.defer(() => setAckTimeout(scene, 1_800_000, 60_000));
      await scene.begin();
      await scene.progress(0.3);
      scene.setShopFaults(() => ({ kind: 'delay', ms: 6_000 }));
      await sleep(10_000);
      scene.setShopFaults(undefined);
      scene.healed();
    },
  },
  {
    id: 'B7',
    fault: 'memory alarm, then disk alarm',
    queueTypes: BOTH,
    play: async (scene) => {
      await scene.progress(0.3);
      await scene.broker.ctl('set_vm_memory_high_watermark', '0');
      await sleep(5_000);
      await scene.broker.ctl('set_vm_memory_high_watermark', '0.4');
      await scene.progress(0.5);
      await scene.broker.ctl('set_disk_free_limit', '1000GB');
      await sleep(5_000);
      await scene.broker.ctl('set_disk_free_limit', '50MB');
      scene.healed();
    },
  },
  {
    id: 'B8',
    fault: 'credentials revoked while running',
    play: async (scene) => {
      await scene.progress(0.3);
      await scene.broker.ctl('change_password', BROKER_USER, 'another');
      await scene.broker.ctl('close_all_connections', 'revoked');
      await scene.daemon.said('RabbitMQ is away');
      await sleep(5_000);
      await scene.broker.ctl('change_password', BROKER_USER, BROKER_PASSWORD);
      scene.healed();
    },
  },
  {
    id: 'B9',
    fault: 'retries and dead letters refused: their queues gone, then full',
    // RabbitMQ 3.10 goes on refusing on channels from before the heal: after 20 s the daemon takes another.
    limits: { stallMs: 40_000 },
    play: async (scene) => {
      const policy = [
        '--apply-to',
        'queues',
        'full',
        '\\.(retry|dead)',
        '{"max-length":0,"overflow":"reject-publish"}',
      ];
      // Whoever deletes a queue loses what is in it, and so does who limits it: so before the first event.
      scene.publisher.pause();
      await deleteQueues(scene, [`${scene.queue}.dead-letters`, `${scene.queue}.retry.300`]);
      await scene.broker.ctl('set_policy', ...policy);
      scene.publisher.resume();
      await scene.progress(0.7);
      await scene.broker.ctl('clear_policy', 'full');
      scene.healed();
    },
  },
];

/** For channels opened from now on. */
async function setAckTimeout({ broker }: Scene, timeoutMs: number, checkEveryMs: number): Promise<void> {
  const set = (name: string, value: number) => `application:set_env(rabbit, ${name}, ${value})`;
  await broker.ctl('eval', `${set('consumer_timeout', timeoutMs)}, ${set('channel_tick_interval', checkEveryMs)}.`);
}

/** What is in a queue when a person deletes it is deleted with it, by that person: so it is empty then. */
async function deleteMainQueue(scene: Scene): Promise<void> {
  scene.publisher.pause();
  await scene.until('the queue is empty', () => isDrained(scene));
  await scene.broker.ctl('delete_queue', scene.queue);
  scene.publisher.resume();
}

async function deleteQueues(scene: Scene, queues: readonly string[]): Promise<void> {
  await onChannel(scene, async (channel) => {
    for (const queue of queues) await channel.deleteQueue(queue);
  });
}

async function onChannel(scene: Scene, work: (channel: Channel) => Promise<unknown>): Promise<void> {
  const model = await connect(brokerUrl(scene.broker.port));
  await work(await model.createChannel());
  await model.close();
}
