/**
 * Tells order-sync, by RabbitMQ, whenever an order of a Medusa 2 shop changes. Copy it to src/subscribers/ of your Medusa
 * project, and run `npm install amqplib`. AMQP_URL is the broker.
 *
 * An event says which order to look at, and nothing else. One that gets lost, because this process ends at that moment, is
 * found by order-sync's reconciliation.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SubscriberArgs } from '@medusajs/framework';
import { type ConfirmChannel, connect } from 'amqplib';

/** As order-sync has it in RABBITMQ_EXCHANGE and RABBITMQ_ROUTING_KEY. */
const EXCHANGE = process.env['AMQP_EXCHANGE'] ?? 'orders';
const ROUTING_KEY = process.env['AMQP_ROUTING_KEY'] ?? 'orders';
const ATTEMPTS = 5;

const ORDER_EVENTS = [
  'order.placed',
  'order.updated',
  'order.canceled',
  'order.completed',
  'order.archived',
  'order.fulfillment_created',
  'order.fulfillment_canceled',
  'order.return_requested',
  'order.return_received',
  'order.claim_created',
  'order.exchange_created',
  'order-edit.confirmed',
];
/** These name a payment or a fulfilment: where its order stands. */
const PARTS: Readonly<Record<string, readonly [entity: string, order: string]>> = {
  'payment.captured': ['payment', 'payment_collection.order.id'],
  'payment.refunded': ['payment', 'payment_collection.order.id'],
  'shipment.created': ['fulfillment', 'order.id'],
  'delivery.created': ['fulfillment', 'order.id'],
};

export const config = { event: [...ORDER_EVENTS, ...Object.keys(PARTS)] };

export default async function publishOrderEvent({ event, container }: SubscriberArgs<Data>): Promise<void> {
  const { order_id, id } = event.data;
  const part = PARTS[event.name];
  if (part === undefined) return await publish(order_id ?? id);
  const [entity, place] = part;
  const { data } = await container.resolve('query').graph({ entity, fields: [place], filters: { id } });
  const order = data[0]?.order ?? data[0]?.payment_collection?.order;
  // Captured at the checkout, before there is an order: order.placed follows.
  if (order) await publish(order.id);
}

interface Data {
  readonly id: string;
  readonly order_id?: string;
}

async function publish(orderId: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(JSON.stringify({ orderId, event: 'order.updated' }));
    } catch (error) {
      // Medusa logs it.
      if (attempt === ATTEMPTS) throw new Error(`An event of order ${orderId} is lost.`, { cause: error });
      await pause(attempt * 1_000);
    }
  }
}

/** Resolves when the event is in a queue, on disk. Rejects when that is not known. */
async function send(body: string): Promise<void> {
  const channel = await open();
  const messageId = randomUUID();
  const returned = `returned ${messageId}`;
  await new Promise<void>((resolve, reject) => {
    channel.once(returned, () => reject(new Error('no queue takes it')));
    const options = { persistent: true, mandatory: true, contentType: 'application/json', messageId };
    channel.publish(EXCHANGE, ROUTING_KEY, Buffer.from(body), options, (error) => (error ? reject(error) : resolve()));
  }).finally(() => channel.removeAllListeners(returned));
}

let channel: Promise<ConfirmChannel> | undefined;

function open(): Promise<ConfirmChannel> {
  channel ??= newChannel().catch((error) => {
    channel = undefined;
    throw error;
  });
  return channel;
}

async function newChannel(): Promise<ConfirmChannel> {
  const connection = await connect(process.env['AMQP_URL'] ?? 'amqp://127.0.0.1', { timeout: 10_000 });
  const forget = () => {
    channel = undefined;
  };
  connection.on('error', forget).on('close', forget);
  const opened = await connection.createConfirmChannel();
  opened.on('error', forget).on('close', forget);
  opened.on('return', ({ properties }) => opened.emit(`returned ${properties.messageId}`));
  await opened.assertExchange(EXCHANGE, 'direct', { durable: true });
  return opened;
}
