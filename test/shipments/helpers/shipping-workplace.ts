import { connect } from 'amqplib';
import { onTestFinished } from 'vitest';
import { parseOrder } from '../../../src/orders/order.ts';
import { BROKER_URL } from '../../helpers/broker.ts';
import {
  aWorkplace,
  type DaemonProcess,
  RETRY_DELAYS_MS,
  startDaemon,
  type Workplace,
} from '../../helpers/daemon-process.ts';
import { anOrderDocument, type OrderDocument } from '../../helpers/order-builder.ts';
import type { ShippingShop } from './shipping-shop.ts';

/** A workplace whose shipments' queues are removed as well. */
export function aShippingWorkplace(shop: ShippingShop, env: Readonly<Record<string, string>> = {}): Workplace {
  const workplace = aWorkplace({ ...shop.env, ...env });
  removeShipmentQueues(workplace);
  return workplace;
}

/** After the test. */
export function removeShipmentQueues(workplace: Workplace): void {
  onTestFinished(async () => {
    if (workplace.env['RABBITMQ_URL'] !== BROKER_URL) return;
    const model = await connect(BROKER_URL);
    const channel = await model.createChannel();
    const name = `${workplace.queue}.shipments`;
    for (const queue of [name, `${name}.dead-letters`, ...RETRY_DELAYS_MS.map((delayMs) => `${name}.retry.${delayMs}`)])
      await channel.deleteQueue(queue);
    await model.close();
  });
}

export function addOrder(shop: ShippingShop, overrides: Partial<OrderDocument> = {}): void {
  const parsed = parseOrder(anOrderDocument(overrides));
  if ('problem' in parsed) throw new Error(parsed.problem);
  shop.orders.set(parsed.order.orderNumber, parsed.order);
}

/** A daemon that has synced these orders. */
export async function aDaemonWith(
  workplace: Workplace,
  publish: (queue: string, content: string) => Promise<void>,
  orders: readonly string[],
): Promise<DaemonProcess> {
  const daemon = startDaemon(workplace);
  await daemon.ready();
  for (const orderNumber of orders) await publish(workplace.queue, JSON.stringify({ orderNumber, event: 'updated' }));
  for (const orderNumber of orders)
    await daemon.line((line) => line['outcome'] === 'synced' && line['orderNumber'] === orderNumber);
  return daemon;
}
