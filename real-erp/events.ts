import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';

/** As in .env.example. */
const QUEUE = 'orders';

/** The shop's events, and the dead letters. */
export class Events {
  readonly #connection: ChannelModel;
  readonly #channel: ConfirmChannel;

  private constructor(connection: ChannelModel, channel: ConfirmChannel) {
    this.#connection = connection;
    this.#channel = channel;
  }

  static async connect(url: string): Promise<Events> {
    const connection = await connect(url);
    return new Events(connection, await connection.createConfirmChannel());
  }

  async publish(orderNumber: unknown): Promise<void> {
    const event = Buffer.from(JSON.stringify({ orderNumber, event: 'updated' }));
    this.#channel.publish(QUEUE, QUEUE, event, { persistent: true, contentType: 'application/json' });
    await this.#channel.waitForConfirms();
  }

  async deadLetters(): Promise<number> {
    return (await this.#channel.checkQueue(`${QUEUE}.dead-letters`)).messageCount;
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}
