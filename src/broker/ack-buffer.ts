import type { Channel, GetMessage, Message } from 'amqplib';

/**
 * The unsettled deliveries of one channel, and their acks. Acks are sent at the end of the turn of the event loop, as one
 * frame as far as nothing before them is unsettled: "this one and everything before it". The broker delivers again
 * whatever was not sent when the channel ended.
 */
export class AckBuffer {
  readonly #channel: Channel;
  /** Delivery tags, ascending. */
  readonly #tags = new Set<number>();
  #acks: (Message | GetMessage)[] = [];

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  add(message: Message | GetMessage): void {
    this.#tags.add(message.fields.deliveryTag);
  }

  get isEmpty(): boolean {
    return this.#tags.size === 0;
  }

  ack(message: Message | GetMessage): void {
    this.#tags.delete(message.fields.deliveryTag);
    if (this.#acks.push(message) === 1) setImmediate(() => this.flush());
  }

  requeue(message: Message | GetMessage): void {
    this.#tags.delete(message.fields.deliveryTag);
    this.#channel.nack(message, false, true);
  }

  /** Sends the buffered acks. Never throws: on a closed channel they are void. */
  flush(): void {
    const acks = this.#acks.sort((a, b) => a.fields.deliveryTag - b.fields.deliveryTag);
    this.#acks = [];
    const firstUnsettled = this.#tags.values().next().value ?? Number.POSITIVE_INFINITY;
    const last = acks.findLast((message) => message.fields.deliveryTag < firstUnsettled);
    try {
      if (last !== undefined) this.#channel.ack(last, true);
      for (const message of acks) if (message.fields.deliveryTag > firstUnsettled) this.#channel.ack(message);
    } catch {
      // The channel has closed.
    }
  }
}
