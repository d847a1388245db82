import type { RabbitMQ } from '../broker/rabbitmq.ts';
import { LAST_LOOK, ownHeaders } from './headers.ts';

/**
 * Publishes "look at this order again": the one way in which order-sync itself asks for an order. It is an ordinary event,
 * so the order takes the same path as every other, and asking too often does no harm.
 *
 * @returns when the broker has confirmed it @throws whatever `rabbit.send` does
 */
export function requestSync(rabbit: Pick<RabbitMQ, 'send'>, orderNumber: string): Promise<void> {
  return rabbit.send({ orderNumber, event: 'updated' }, ownHeaders(LAST_LOOK));
}
