import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Channel, connect } from 'amqplib';
import { statusFault } from '../../demo/shop/faults.ts';
import { isDrained } from '../scene/quiescence.ts';
import type { Scene } from '../scene/scene.ts';
import { BROKER_PASSWORD, BROKER_USER, brokerUrl } from '../servers/servers.ts';
import type { ChaosCase } from './case.ts';

const BOTH = ['classic', 'quorum'] as const;

/** Loaded before the daemon's own code: replaces a text in it. */
const MUTATE = fileURLToPath(new URL('../../test/chaos/mutate.mjs', import.meta.url));

/** Faults of the broker itself. */
export const brokerCases: readonly ChaosCase[] = [
  {
    id: 'B1',
    fault: 'connections closed by force, 20 times',
    queueTypes: BOTH,
    // Each one takes rabbitmqctl more than a second, and the events should last as long.
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
    fault: 'broker down at start, and later for 60 s',
    queueTypes: BOTH,
    daemons: 0,
    play: async (scene) => {
      await scene.broker.ctl('stop_app');
      const daemon = await scene.startDaemon();
      await daemon.said('RabbitMQ is down');
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
    fault: 'queue deleted under the consumer, without and with the usual notice',
    queueTypes: BOTH,
    play: async (scene) => {
      await scene.progress(0.3);
      // RabbitMQ 3.10 sometimes deletes a quorum queue without notifying its consumer.
      const restoreNotice = scene.amqp.intercept(({ method, direction }) =>
        method === 'basic.cancel' && direction === 'to-client' ? 'drop' : undefined,
      );
      await deleteMainQueue(scene);
      await scene.until('the daemon has noticed', () => scene.daemon.output.includes('RabbitMQ is back'), 35_000);
      restoreNotice();
      await scene.progress(0.7);
      await deleteMainQueue(scene);
      scene.healed();
    },
  },
  {
    id: 'B5',
    fault: 'queue already declared with other arguments: exit 78, and a normal start once it is gone',
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
      await scene.daemon.said('RabbitMQ refuses us');
      await sleep(5_000);
      await scene.broker.ctl('change_password', BROKER_USER, BROKER_PASSWORD);
      scene.healed();
    },
  },
  {
    id: 'B9',
    fault: 'retries and dead letters refused: their queues deleted, then full',
    // RabbitMQ 3.10 keeps refusing on channels opened before the heal. After 20 s the daemon opens another.
    limits: { stallMs: 40_000 },
    play: async (scene) => {
      const policy = [
        '--apply-to',
        'queues',
        'full',
        '\\.(retry|dead)',
        '{"max-length":0,"overflow":"reject-publish"}',
      ];
      // Deleting or limiting a queue loses its messages, so do it before the first event.
      scene.publisher.pause();
      await deleteQueues(scene, [`${scene.queue}.dead-letters`, `${scene.queue}.retry.300`]);
      await scene.broker.ctl('set_policy', ...policy);
      scene.publisher.resume();
      await scene.progress(0.7);
      await scene.broker.ctl('clear_policy', 'full');
      scene.healed();
    },
  },
  {
    id: 'B14',
    fault: 'request of a paused daemon never answered, while heartbeats go on',
    limits: { recoveryMs: 20_000, stallMs: 20_000 },
    play: async (scene) => {
      await scene.progress(0.3);
      scene.setShopFaults(() => statusFault(401));
      await scene.daemon.said('paused');
      let swallowed = 0;
      const heal = scene.amqp.intercept(({ method, direction }) => {
        if (method !== 'basic.get' || direction !== 'to-server' || swallowed > 0) return undefined;
        swallowed += 1;
        return 'drop';
      });
      await scene.until('a request was swallowed', () => swallowed > 0);
      heal();
      scene.setShopFaults(undefined);
      scene.healed();
    },
  },
  {
    id: 'B15',
    fault: 'limit of connections reached at start',
    queueTypes: BOTH,
    daemons: 0,
    play: async (scene) => {
      await scene.progress(0.1);
      await scene.broker.ctl('set_vhost_limits', '{"max-connections":0}');
      const daemon = await scene.startDaemon();
      await daemon.said('RabbitMQ refuses us');
      // Longer than it takes to be refused three times.
      await sleep(3_000);
      await scene.broker.ctl('clear_vhost_limits');
      await daemon.ready();
      await scene.auditFromNowOn();
      scene.healed();
    },
  },
  {
    id: 'B16',
    fault: 'memory alarm for several times as long as a publish may take, when retries and dead letters are due',
    queueTypes: BOTH,
    scene: {
      plan: { orders: 30, troublesome: 6 },
      prefetch: 200,
      env: {
        // The daemon gives a publish half a minute.
        NODE_OPTIONS: `--import ${MUTATE}`,
        CHAOS_MUTATION: JSON.stringify(['broker/options.ts', 'publishTimeoutMs: 30_000', 'publishTimeoutMs: 3_000']),
      },
    },
    limits: { deadLettersOnce: true },
    play: async (scene) => {
      const { daemon } = scene;
      daemon.signal('SIGSTOP');
      await scene.progress(1);
      await scene.broker.ctl('set_vm_memory_high_watermark', '0');
      // The broker looks at its memory once a second.
      await sleep(2_000);
      daemon.signal('SIGCONT');
      await daemon.said('RabbitMQ takes no messages');
      await sleep(10_000);
      await scene.broker.ctl('set_vm_memory_high_watermark', '0.4');
      scene.healed();
    },
  },
];

/** Applies to channels opened from now on. */
async function setAckTimeout({ broker }: Scene, timeoutMs: number, checkEveryMs: number): Promise<void> {
  const set = (name: string, value: number) => `application:set_env(rabbit, ${name}, ${value})`;
  await broker.ctl('eval', `${set('consumer_timeout', timeoutMs)}, ${set('channel_tick_interval', checkEveryMs)}.`);
}

/** Messages in a deleted queue are lost, which is not the daemon's fault: so the queue is empty by then. */
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
  const model = await connect(brokerUrl(scene.broker.address));
  await work(await model.createChannel());
  await model.close();
}
