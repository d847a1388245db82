import { withTimeout } from '../../../src/async/deadline.ts';
import { checkAnnouncements } from '../../checks/check-announcements.ts';
import { endWithItsLeases, killAtStep, worked } from '../../scene/kill.ts';
import { Listener } from '../../scene/listener.ts';
import { isDrained } from '../../scene/quiescence.ts';
import type { Scene } from '../../scene/scene.ts';
import type { AmqpStep } from '../../wire/amqp-proxy.ts';
import type { ChaosCase } from '../case.ts';

const KILLS = 5;
/** The broker is killed after the third of them. */
const BROKER_KILLED_AFTER = 2;
/** What is not published after this long is lost. */
const PUBLISHED_WITHIN_MS = 30_000;

/** What was synced, on its way to whoever listens. */
export const outboxCases: readonly ChaosCase[] = [outboxCase(KILLS)];

/** @param most how often the daemon is killed */
export function outboxCase(most: number): ChaosCase {
  return {
    id: 'T2',
    fault: 'what was synced is published: SIGKILL five times, as a message is sent or was confirmed; broker killed',
    databases: ['sqlite', 'postgres'],
    daemons: 0,
    scene: { perSecond: 40, plan: { orders: 120 } },
    limits: { recoveryMs: 30_000, countsAttempts: true },
    inspect: async (scene) => {
      const listener = new Listener(scene);
      return checkAnnouncements(await listener.stored(), await listener.heard());
    },
    play: async (scene) => {
      const listener = new Listener(scene);
      await listener.bind();
      const env = { SYNCED_EXCHANGE: listener.exchange };
      await (await scene.startDaemon(env)).ready();
      await scene.auditFromNowOn();
      for (let kills = 0; kills < most; kills += 1) {
        await worked(scene, 5);
        await killedWhilePublishing(scene);
        await (await scene.startDaemon(env)).ready();
        if (kills !== BROKER_KILLED_AFTER) continue;
        await worked(scene, 1);
        await scene.broker.kill();
        await scene.broker.start();
      }
      scene.healed();
      await scene.progress(1);
      const published = scene.until('all is published', async () => (await isDrained(scene)) && (await isEmpty(scene)));
      await withTimeout(published, PUBLISHED_WITHIN_MS, () => undefined);
    },
  };
}

/** Before the broker has a message, or before the daemon has noted that the broker has it. */
async function killedWhilePublishing(scene: Scene): Promise<void> {
  const { random, daemon } = scene;
  const point = random.pick(['publish', 'confirm']);
  const connections = new Set<number>();
  const isPoint = ({ method, direction, routingKey, connection }: AmqpStep) => {
    const isPublish = method === 'basic.publish' && routingKey === Listener.ROUTING_KEY;
    if (isPublish) connections.add(connection);
    const isConfirm = method === 'basic.ack' && direction === 'to-client' && connections.has(connection);
    return point === 'publish' ? isPublish : isConfirm;
  };
  const disarm = killAtStep(scene, daemon, isPoint, random.between(1, 6));
  await withTimeout(daemon.exited, 1_500, () => undefined);
  disarm();
  await endWithItsLeases(scene);
}

async function isEmpty({ database }: Scene): Promise<boolean> {
  const [row] = await database.run('SELECT count(*) AS n FROM order_sync_outbox');
  return Number(row?.['n']) === 0;
}
