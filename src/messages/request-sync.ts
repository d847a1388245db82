import type { RabbitMQ } from '../broker/rabbitmq.ts';
import { LAST_LOOK, ownHeaders } from './headers.ts';

/**
 * Publishes "look at this order again": the one way in which order-sync itself asks for an order. It is an ordinary event,
 * so the order takes the same path as every other, and asking too often does no harm. It goes straight into the queue: others
 * who listen on the shop's exchange would take it for something that happened in the shop.
 *
 * @returns when the broker has confirmed it @throws whatever `rabbit.enqueue` does
 */
export function requestSync(rabbit: Pick<RabbitMQ, 'enqueue'>, orderNumber: string): Promise<void> {
  return rabbit.enqueue({ orderNumber, event: 'updated' }, ownHeaders(LAST_LOOK));
}
