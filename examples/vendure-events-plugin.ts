/**
 * Tells order-sync, by RabbitMQ, whenever an order of a Vendure 3 shop changes. Copy it into your Vendure project, run
 * `npm install amqplib`, and add OrderEventsPlugin to `plugins` in vendure-config.ts. AMQP_URL is the broker.
 *
 * An event says which order to look at, and nothing else. One that gets lost, because this process ends at that moment, is
 * found by order-sync's reconciliation.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  EventBus,
  Logger,
  OrderEvent,
  OrderLineEvent,
  OrderPlacedEvent,
  OrderStateTransitionEvent,
  PluginCommonModule,
  RefundStateTransitionEvent,
  VendurePlugin,
} from '@vendure/core';
import { type ConfirmChannel, connect } from 'amqplib';

/** As order-sync has it in RABBITMQ_EXCHANGE and RABBITMQ_ROUTING_KEY. */
const EXCHANGE = process.env['AMQP_EXCHANGE'] ?? 'orders';
const ROUTING_KEY = process.env['AMQP_ROUTING_KEY'] ?? 'orders';
const ATTEMPTS = 5;

/** Vendure calls subscribers after the transaction's commit: the order can be fetched by then. */
function listen(events: EventBus): void {
  events.ofType(OrderPlacedEvent).subscribe(({ order }) => void publish(order.id));
  // Refunds and cancelled lines do not move the order's state. A cart is no order yet.
  const changes = [OrderStateTransitionEvent, OrderEvent, OrderLineEvent, RefundStateTransitionEvent];
  for (const type of changes)
    events.ofType<InstanceType<(typeof changes)[number]>>(type).subscribe(({ order }) => {
      if (order.orderPlacedAt) void publish(order.id);
    });
}

async function publish(orderId: string | number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(JSON.stringify({ orderId, event: 'order.updated' }));
    } catch (error) {
      if (attempt === ATTEMPTS) return Logger.error(`An event of order ${orderId} is lost: ${error}`, 'OrderEvents');
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

/** Vendure's decorator as a plain call, so that Node runs this file as it is. */
export class OrderEventsPlugin {}
VendurePlugin({
  imports: [PluginCommonModule],
  compatibility: '^3.0.0',
  providers: [{ provide: 'order-events', inject: [EventBus], useFactory: listen }],
})(OrderEventsPlugin);
