import type { Channel, GetMessage, Message } from 'amqplib';

/**
 * The deliveries of one channel that are not settled yet. Acks leave at the end of the turn of the event loop, and as one
 * frame as far as nothing before them is unsettled: "this one and everything before it". Whatever is not sent when the
 * channel ends, the broker delivers again.
 */
export class AckBuffer {
  readonly #channel: Channel;
  /** Tags in the order of delivery, which is ascending. */
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

  /** Sends the acks that wait. Never throws: on a channel that has closed they are void. */
  flush(): void {
    const acks = this.#acks.sort((a, b) => a.fields.deliveryTag - b.fields.deliveryTag);
    this.#acks = [];
    const firstUnsettled = this.#tags.values().next().value ?? Number.POSITIVE_INFINITY;
    const last = acks.findLast((message) => message.fields.deliveryTag < firstUnsettled);
    try {
      if (last !== undefined) this.#channel.ack(last, true);
      for (const message of acks) if (message.fields.deliveryTag > firstUnsettled) this.#channel.ack(message);
    } catch {
      // The channel closed meanwhile.
    }
  }
}
