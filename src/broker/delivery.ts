import type { ConsumeMessage, GetMessage, MessageProperties } from 'amqplib';
import type { AckBuffer } from './ack-buffer.ts';

/** Written by the queue. On a message that a client publishes, RabbitMQ 4 leaves whatever the client wrote. */
export const DELIVERY_COUNT_HEADER = 'x-delivery-count';

/**
 * One AMQP delivery. It settles itself, once, on the channel that brought it: delivery tags restart with each channel,
 * so an ack elsewhere would settle some other message.
 */
export class Delivery {
  readonly content: Buffer;
  readonly properties: MessageProperties;
  readonly exchange: string;
  readonly routingKey: string;
  readonly deliveryTag: number;
  /** The broker has delivered this message before, to us or to another consumer. */
  readonly redelivered: boolean;
  readonly receivedAt = new Date();
  /** Aborted once the channel is gone: the broker will deliver the message again, to any consumer. */
  readonly gone: AbortSignal;
  readonly #ackBuffer: AckBuffer;
  readonly #message: ConsumeMessage | GetMessage;
  #isSettled = false;

  /** @param ackBuffer of the channel that brought it; has the message already */
  constructor(message: ConsumeMessage | GetMessage, ackBuffer: AckBuffer, gone: AbortSignal) {
    this.#message = message;
    this.#ackBuffer = ackBuffer;
    this.gone = gone;
    this.content = message.content;
    this.properties = message.properties;
    this.exchange = message.fields.exchange;
    this.routingKey = message.fields.routingKey;
    this.deliveryTag = message.fields.deliveryTag;
    this.redelivered = message.fields.redelivered;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /**
   * How often a quorum queue has taken the message back; 0 from any other queue. At its delivery limit, which any policy may
   * lower, the queue drops the message.
   */
  get timesReturned(): number {
    const count: unknown = this.properties.headers?.[DELIVERY_COUNT_HEADER];
    return typeof count === 'number' ? count : 0;
  }

  /**
   * Tells the broker to forget the message, at the end of this turn of the event loop.
   *
   * @returns false when the channel is gone: it will be delivered again
   */
  ack(): boolean {
    return this.#settle(() => this.#ackBuffer.ack(this.#message));
  }

  /** Returns the message to its queue. @returns false when the channel is gone: the broker has it back already */
  requeue(): boolean {
    return this.#settle(() => this.#ackBuffer.requeue(this.#message));
  }

  #settle(send: () => void): boolean {
    if (this.#isSettled) throw new Error(`Delivery ${this.deliveryTag} was settled before; each is settled once.`);
    this.#isSettled = true;
    if (this.gone.aborted) return false;
    try {
      send();
      return true;
    } catch {
      // The channel closed between the check and the call.
      return false;
    }
  }
}
