import { z } from 'zod';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import { SyncError } from '../errors.ts';
import type { ReadShipment, ShipmentName } from '../internal-system/shipment-store.ts';

/** The queue that shipments wait in until the shop is told. It has retry and dead-letter queues of its own. */
export function shipmentQueueName(mainQueue: string): string {
  return `${mainQueue}.shipments`;
}

const eventSchema = z.object({ orderNumber: z.string().min(1), shipmentId: z.string().min(1) });

/** Publishes "look at this shipment". @throws whatever `rabbit.enqueue` does */
export function announceShipment(
  rabbit: Pick<RabbitMQ, 'enqueue'>,
  { orderNumber, shipmentId }: ReadShipment,
): Promise<void> {
  return rabbit.enqueue({ orderNumber, shipmentId });
}

/** @throws SyncError `malformed_event` */
export function decodeShipmentEvent({ content }: { readonly content: Buffer }): ShipmentName {
  const { data } = eventSchema.safeParse(asJson(content));
  if (data !== undefined) return { orderNumber: data.orderNumber, shipmentId: data.shipmentId };
  throw new SyncError(
    'malformed_event',
    'The message names no shipment: expected {"orderNumber":"10086","shipmentId":"P-1"}. Only order-sync publishes here.',
  );
}

function asJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return undefined;
  }
}
