import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivateRabbitMQ } from '../../test/helpers/servers/rabbitmq.ts';
import type { RabbitMQCluster } from '../../test/helpers/servers/rabbitmq-cluster.ts';
import type { Scene } from '../scene/scene.ts';
import type { ChaosCase } from './case.ts';

/** Two daemons, at a pace at which events are on the way for as long as it takes the others to notice a dead node. */
const TWO_DAEMONS = {
  databases: ['postgres'],
  queueTypes: ['quorum'],
  daemons: 2,
  scene: { onCluster: true, perSecond: 40 },
} as const satisfies Partial<ChaosCase>;

/** One of several RabbitMQ nodes fails. Daemons and publisher know all three; no balancer stands between. */
export const clusterCases: readonly ChaosCase[] = [
  {
    id: 'C1',
    fault: "the queue's leader killed, then a second node of three: no majority for a while",
    ...TWO_DAEMONS,
    play: async (scene) => {
      const cluster = clusterOf(scene);
      scene.publisher.pause();
      const leader = await cluster.homeOf(scene.queue);
      await during(scene, 0.6, async () => {
        await endAt(scene, 0.2, () => leader.kill());
        await goesOn(scene);
      });
      const second = scene.random.pick(others(cluster, leader));
      await during(scene, 0.9, async () => {
        await second.kill();
        for (const daemon of scene.daemons) await daemon.said('RabbitMQ is down');
        await sleep(5_000);
        await Promise.all([leader.start(), second.start()]);
        scene.healed();
        await cluster.isWhole();
      });
      scene.publisher.resume();
    },
  },
  {
    id: 'C2',
    fault: 'rolling restart: each node of three stopped and started again',
    ...TWO_DAEMONS,
    play: (scene) => oneByOne(scene, (node) => node.stop()),
  },
  {
    id: 'C3',
    fault: 'each node of three in turn killed and started again',
    ...TWO_DAEMONS,
    play: (scene) => oneByOne(scene, (node) => node.kill()),
  },
  {
    id: 'C4',
    fault: "the queue's leader cut off from the other nodes, both ways, then one way",
    queueTypes: ['quorum'],
    scene: { onCluster: true, perSecond: 40 },
    play: async (scene) => {
      const cluster = clusterOf(scene);
      scene.publisher.pause();
      for (const [share, way] of [[0.5, 'both ways'] as const, [1, 'one way'] as const]) {
        const leader = await cluster.homeOf(scene.queue);
        await during(scene, share, async () => {
          await scene.progress(share - 0.4);
          for (const other of others(cluster, leader)) cluster.partition(leader, other, way);
          await goesOn(scene);
          // The others count it as down after 4 to 6 s, and it them.
          await sleep(8_000);
          cluster.heal();
          scene.healed();
          await cluster.isWhole();
        });
      }
    },
  },
  {
    id: 'C5',
    fault: 'the node that holds a classic queue killed for 10 s',
    scene: { onCluster: true, perSecond: 40 },
    play: async (scene) => {
      const cluster = clusterOf(scene);
      await scene.progress(0.3);
      const home = await cluster.homeOf(scene.queue);
      await home.kill();
      await sleep(10_000);
      await home.start();
      scene.healed();
      await cluster.isWhole();
    },
  },
  {
    id: 'C6',
    fault: 'memory alarm on one node of three: all of them take no messages',
    ...TWO_DAEMONS,
    play: async (scene) => {
      await scene.progress(0.3);
      const node = scene.random.pick(clusterOf(scene).nodes);
      await node.ctl('set_vm_memory_high_watermark', '0');
      await sleep(5_000);
      await node.ctl('set_vm_memory_high_watermark', '0.4');
      scene.healed();
    },
  },
];

function clusterOf({ cluster }: Scene): RabbitMQCluster {
  if (cluster === undefined) throw new Error('this case needs `onCluster: true`');
  return cluster;
}

function others({ nodes }: RabbitMQCluster, node: PrivateRabbitMQ): PrivateRabbitMQ[] {
  return nodes.filter((each) => each !== node);
}

async function oneByOne(scene: Scene, end: (node: PrivateRabbitMQ) => Promise<void>): Promise<void> {
  const cluster = clusterOf(scene);
  for (const [index, node] of cluster.nodes.entries()) {
    const share = (index + 1) / cluster.nodes.length;
    await during(scene, share, async () => {
      await endAt(scene, share - 0.25, () => end(node));
      await goesOn(scene);
      await node.start();
      scene.healed();
      await cluster.isWhole();
    });
  }
}

/** Publishes up to this share of the events while the fault lasts, and nothing between two faults. */
async function during(scene: Scene, share: number, fault: () => Promise<void>): Promise<void> {
  scene.publisher.resume();
  const published = scene.progress(share).then(() => scene.publisher.pause());
  await fault();
  await published;
}

/** A few events come while the node ends; however long that takes, enough are left for the time after. */
async function endAt(scene: Scene, share: number, end: () => Promise<void>): Promise<void> {
  await scene.progress(share);
  const someCame = scene.progress(share + 0.05).then(() => scene.publisher.pause());
  await end();
  await someCame;
  scene.publisher.resume();
}

/** Two nodes of three suffice, and nobody needs to do anything. More is settled than was on the way when the node failed. */
async function goesOn(scene: Scene): Promise<void> {
  const target = scene.wire.settled + 50;
  await scene.until('the daemons go on with two nodes', () => scene.wire.settled >= target, 30_000);
}
