import { connect } from 'amqplib';
import { z } from 'zod';
import { DEMO_BUYERS } from '../../demo/orders/order-data.ts';
import type { DeadLetterRecord, Limits, Records, Times } from '../checks/records.ts';
import { DATABASE_PASSWORD, readRecords } from '../servers/internal-database.ts';
import { BROKER_PASSWORD, brokerUrl } from '../servers/servers.ts';
import { SHOP_TOKEN } from './chaos-shop.ts';
import { deadLetterQueues } from './dead-letter-queues.ts';
import { messagesLeft } from './quiescence.ts';
import type { Scene } from './scene.ts';

/** Credentials, and the personal data in the orders. */
const SECRETS = [
  BROKER_PASSWORD,
  DATABASE_PASSWORD,
  SHOP_TOKEN,
  ...new Set(DEMO_BUYERS.flatMap(({ name, phone, street }) => [name, phone, street])),
];

export const DEFAULT_LIMITS: Omit<Limits, 'prefetch' | 'attempts'> = {
  recoveryMs: 15_000,
  stallMs: 30_000,
  descriptors: 30,
  deadLetterReasons: [],
  shopLags: false,
  deadLettersOnce: false,
  shopCatchesUp: false,
  countsAttempts: false,
};

/** Collects every party's record at the end. Takes the dead letters out of their queue. */
export async function gatherRecords(scene: Scene, times: Times, limits: Partial<Limits>): Promise<Records> {
  return {
    events: scene.publisher.events,
    versions: scene.publisher.versions,
    served: scene.chaosShop.served,
    internal: await readRecords(scene.database),
    deadLetters: await takeDeadLetters(scene),
    wire: scene.wire.records(),
    daemons: scene.daemons.map((daemon) => daemon.record()),
    left: await messagesLeft(scene),
    times,
    limits: { ...DEFAULT_LIMITS, prefetch: scene.prefetch, attempts: scene.retryDelaysMs.length + 1, ...limits },
    secrets: SECRETS,
  };
}

const headers = z.object({ 'x-order-sync-reason': z.string().optional() });

async function takeDeadLetters(scene: Scene): Promise<DeadLetterRecord[]> {
  const model = await connect(brokerUrl(scene.broker.address));
  try {
    const channel = await model.createChannel();
    const deadLetters: DeadLetterRecord[] = [];
    for (const queue of (await deadLetterQueues(model, scene.queue)).keys()) {
      for (let message = await channel.get(queue, { noAck: true }); message !== false; ) {
        const { messageId } = message.properties;
        const reason = headers.parse(message.properties.headers ?? {})['x-order-sync-reason'];
        deadLetters.push({ messageId: typeof messageId === 'string' ? messageId : undefined, reason });
        message = await channel.get(queue, { noAck: true });
      }
    }
    return deadLetters;
  } finally {
    await model.close();
  }
}
