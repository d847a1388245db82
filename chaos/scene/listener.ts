import { type Channel, connect } from 'amqplib';
import { z } from 'zod';
import type { Announcement, RevisedOrder } from '../checks/check-announcements.ts';
import { brokerUrl } from '../servers/servers.ts';
import type { Scene } from './scene.ts';

const message = z.object({
  shop: z.string(),
  orderNumber: z.string(),
  shopOrderId: z.string(),
  revision: z.number(),
});

const revisedRow = z.object({ order_number: z.string(), shop_order_id: z.string(), revision: z.coerce.number() });

/** Another program of the company's, with a queue of its own on `SYNCED_EXCHANGE`, straight at the broker. */
export class Listener {
  /** The default of SHOP_NAME. */
  static readonly ROUTING_KEY = 'shop';
  readonly exchange: string;
  readonly #queue: string;
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.exchange = `${scene.queue}.synced`;
    this.#queue = `${this.exchange}.listener`;
  }

  bind(): Promise<void> {
    return this.#onChannel(async (channel) => {
      await channel.assertExchange(this.exchange, 'topic', { durable: true });
      await channel.assertQueue(this.#queue, { durable: true });
      await channel.bindQueue(this.#queue, this.exchange, '#');
    });
  }

  /** Empties its queue. */
  heard(): Promise<Announcement[]> {
    return this.#onChannel(async (channel) => {
      const found: Announcement[] = [];
      for (;;) {
        const got = await channel.get(this.#queue, { noAck: true });
        if (got === false) return found;
        const content = message.parse(JSON.parse(got.content.toString()));
        found.push({ ...content, messageId: String(got.properties.messageId) });
      }
    });
  }

  /** What it should have heard of. */
  async stored(): Promise<RevisedOrder[]> {
    const rows = await this.#scene.database.run('SELECT order_number, shop_order_id, revision FROM orders');
    return z
      .array(revisedRow)
      .parse(rows)
      .map(({ order_number: orderNumber, shop_order_id: shopOrderId, revision }) => ({
        orderNumber,
        shopOrderId,
        revision,
      }));
  }

  async #onChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const model = await connect(brokerUrl(this.#scene.broker.address));
    try {
      return await work(await model.createChannel());
    } finally {
      await model.close();
    }
  }
}
