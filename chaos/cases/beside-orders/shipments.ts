import { connect } from 'amqplib';
import type { FaultHook } from '../../../demo/demo-shop.ts';
import { statusFault } from '../../../demo/shop/faults.ts';
import { withTimeout } from '../../../src/async/deadline.ts';
import { checkShipments } from '../../checks/check-shipments.ts';
import type { Violation } from '../../checks/violation.ts';
import { countdown, endWithItsLeases, killAtRandom, killAtStep } from '../../scene/kill.ts';
import type { Scene } from '../../scene/scene.ts';
import { Staff } from '../../scene/staff.ts';
import { brokerUrl } from '../../servers/servers.ts';
import type { ChaosCase } from '../case.ts';

const KILLS = 5;
/** The broker is killed after the third of them. */
const BROKER_KILLED_AFTER = 2;
/** What is not reported after this long is lost. */
const REPORTED_WITHIN_MS = 30_000;

/** What the internal system ships, on its way to the shop. */
export const shipmentCases: readonly ChaosCase[] = [shipmentCase(KILLS)];

/** @param most how often the daemon is killed */
export function shipmentCase(most: number): ChaosCase {
  return {
    id: 'T1',
    fault:
      'shipments to a shop that fails, or whose answers get lost; SIGKILL five times, as one is announced or reported; broker killed',
    databases: ['sqlite', 'postgres'],
    scene: {
      perSecond: 40,
      plan: { orders: 60, cancelled: 0 },
      env: { REPORT_SHIPMENTS: 'true', SHOP_SHIPMENT_PATH: '/orders/{reference}/shipments/{shipmentId}' },
    },
    limits: { recoveryMs: 30_000, countsAttempts: true },
    inspect: async (scene) => [
      ...checkShipments(await staffOf(scene).rows(), scene.shop.shipments),
      ...(await leftIn(scene, `${scene.queue}.shipments`, `${scene.queue}.shipments.dead-letters`)),
    ],
    play: async (scene) => {
      const staff = staffOf(scene);
      await scene.progress(0.2);
      for (let kills = 0; kills < most; kills += 1) {
        await staff.work(5);
        await killedOnTheWay(scene);
        if (kills !== BROKER_KILLED_AFTER) continue;
        await staff.work(5);
        await scene.broker.kill();
        await scene.broker.start();
      }
      await scene.progress(1);
      await staff.work(100);
      scene.healed();
      const reported = scene.until('all shipments are reported', () => staff.areAllReported());
      await withTimeout(reported, REPORTED_WITHIN_MS, () => undefined);
    },
  };
}

const staffs = new WeakMap<Scene, Staff>();

function staffOf(scene: Scene): Staff {
  const staff = staffs.get(scene) ?? new Staff(scene);
  staffs.set(scene, staff);
  return staff;
}

/** Kills the daemon as it announces a shipment, as the shop is told of one, or at random; then starts another. */
async function killedOnTheWay(scene: Scene): Promise<void> {
  const { random, daemon } = scene;
  const faults = failing(scene);
  const point = random.pick(['announced', 'reported', 'random']);
  const passes = random.between(1, 6);
  const isNow = countdown(daemon, passes);
  scene.setShopFaults((request) => {
    if (point !== 'reported' || request.shipmentId === undefined || !isNow()) return faults(request);
    // The shop has taken it; half of the time it hangs.
    return random.chance(0.5) ? { kind: 'stall' } : undefined;
  });
  const isAnnouncement = ({ routingKey }: { readonly routingKey?: string }) =>
    routingKey === `${scene.queue}.shipments`;
  const disarm =
    point === 'announced' ? killAtStep(scene, daemon, isAnnouncement, passes) : killAtRandom(scene, daemon);
  await withTimeout(daemon.exited, 2_500, () => undefined);
  disarm();
  scene.setShopFaults(faults);
  await endWithItsLeases(scene);
  await (await scene.startDaemon()).ready();
}

/** Of each shipment, up to two reports fail, or their answers get lost: fewer than its attempts, so that none is given up. */
function failing({ random }: Scene): FaultHook {
  return ({ shipmentId, attempt }) => {
    if (shipmentId === undefined || attempt > 2 || random.chance(0.5)) return undefined;
    return random.chance(0.5) ? statusFault(500) : { kind: 'reset' };
  };
}

async function leftIn({ broker }: Scene, ...queues: string[]): Promise<readonly Violation[]> {
  const model = await connect(brokerUrl(broker.address));
  const channel = await model.createChannel();
  const found: Violation[] = [];
  for (const queue of queues) {
    const { messageCount } = await channel.checkQueue(queue);
    if (messageCount > 0) found.push({ invariant: 'I6', message: `${messageCount} messages are left in ${queue}` });
  }
  await model.close();
  return found;
}
