import type { Delivery } from '../broker/delivery.ts';
import type { DeliveryHandler, RabbitMQ } from '../broker/rabbitmq.ts';

/**
 * The deliveries of a queue, none of which the queue has taken back before. One that it has, from us or from a daemon that
 * died, is replaced with a copy at the end of the queue before it is used: whatever limit a policy or the broker sets, no event
 * comes near it, however long an outage or a series of crashes lasts. If the broker takes no copy, it is used as it is.
 */
export class FreshDeliveries {
  readonly #rabbit: Pick<RabbitMQ, 'subscribe' | 'pause' | 'resume' | 'take'>;
  readonly #renew: (delivery: Delivery) => Promise<boolean>;

  /** @param renew returns false when the delivery is still to be settled */
  constructor(
    rabbit: Pick<RabbitMQ, 'subscribe' | 'pause' | 'resume' | 'take'>,
    renew: (delivery: Delivery) => Promise<boolean>,
  ) {
    this.#rabbit = rabbit;
    this.#renew = renew;
  }

  /** @throws BrokerRefusedError */
  subscribe(handler: DeliveryHandler): Promise<void> {
    return this.#rabbit.subscribe((delivery) =>
      delivery.timesReturned === 0 ? handler(delivery) : this.#renewOr(delivery, handler),
    );
  }

  pause(): Promise<void> {
    return this.#rabbit.pause();
  }

  resume(): Promise<void> {
    return this.#rabbit.resume();
  }

  /** One message while paused; undefined when there is none. @throws BrokerUnavailableError */
  async take(): Promise<Delivery | undefined> {
    for (;;) {
      const delivery = await this.#rabbit.take();
      if (delivery === undefined || delivery.timesReturned === 0 || !(await this.#renew(delivery))) return delivery;
    }
  }

  async #renewOr(delivery: Delivery, handler: DeliveryHandler): Promise<void> {
    if (!(await this.#renew(delivery))) await handler(delivery);
  }
}
