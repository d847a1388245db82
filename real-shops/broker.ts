import { type Channel, type ChannelModel, connect } from 'amqplib';

/** As in .env.example: what order-sync and the shop's plug-in agree on. */
const QUEUE = 'orders';
const LOST = 'lost';

/** The broker between shop and daemon, which can lose events. */
export class Broker {
  readonly #connection: ChannelModel;
  readonly #channel: Channel;

  private constructor(connection: ChannelModel, channel: Channel) {
    this.#connection = connection;
    this.#channel = channel;
  }

  static async connect(url: string): Promise<Broker> {
    const connection = await connect(url);
    const channel = await connection.createChannel();
    await channel.assertQueue(LOST, { durable: true });
    return new Broker(connection, channel);
  }

  /** From now on, no event of the shop reaches the daemon. */
  async loseEvents(): Promise<void> {
    await this.#channel.bindQueue(LOST, QUEUE, QUEUE);
    await this.#channel.unbindQueue(QUEUE, QUEUE, QUEUE);
  }

  async lostEvents(): Promise<number> {
    return (await this.#channel.checkQueue(LOST)).messageCount;
  }

  async deadLetters(): Promise<number> {
    return (await this.#channel.checkQueue(`${QUEUE}.dead-letters`)).messageCount;
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}
