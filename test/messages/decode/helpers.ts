import type { MessageProperties } from 'amqplib';
import { SyncError } from '../../../src/errors.ts';
import { decodeOrderEvent, type EventMessage, type SeveralOrders } from '../../../src/messages/decode/decode-event.ts';
import type { OrderEvent } from '../../../src/messages/order-event.ts';

/** What came with a body, beside it. */
export interface Beside {
  readonly properties?: Partial<MessageProperties>;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly exchange?: string;
  readonly routingKey?: string;
}

export function aMessage(body: unknown, beside: Beside = {}): EventMessage {
  const { properties, headers = {}, exchange = '', routingKey = 'a-queue' } = beside;
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  // Only the properties that decoding reads.
  const all = { ...properties, headers } as MessageProperties;
  return { content: Buffer.from(isRaw ? body : JSON.stringify(body)), properties: all, exchange, routingKey };
}

export function decode(body: unknown, beside?: Beside): OrderEvent | SeveralOrders {
  return decodeOrderEvent(aMessage(body, beside));
}

export function problemOf(body: unknown, beside?: Beside): SyncError {
  try {
    decode(body, beside);
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
  throw new Error('expected a SyncError');
}
