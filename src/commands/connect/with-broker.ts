import { openWithTimeout, type RetryListener } from '../../broker/open-with-timeout.ts';
import { checkOptions } from '../../broker/options.ts';
import { RabbitMQ } from '../../broker/rabbitmq.ts';
import type { RabbitMQConfig } from '../../config/load-config.ts';

/** A person is waiting for the confirm. */
const PUBLISH_TIMEOUT_MS = 15_000;

/**
 * Connects to the broker in order to publish, and disconnects afterwards.
 *
 * @throws BrokerRefusedError; BrokerUnavailableError after 15 s for each host; whatever `work` throws
 */
export async function withBroker<T>(config: RabbitMQConfig, work: (rabbit: RabbitMQ) => Promise<T>): Promise<T> {
  const options = { ...config, publishTimeoutMs: PUBLISH_TIMEOUT_MS, connectionName: 'order-sync command' };
  const { endpoints } = checkOptions(options);
  await using rabbit = new RabbitMQ(options);
  const opening = {
    open: () => rabbit.open(),
    close: () => rabbit.close(),
    onRetry: (listener: RetryListener) =>
      void rabbit.on('retry', (_role, error, delayMs, broker) => listener(error, delayMs, broker)),
  };
  await openWithTimeout(opening, endpoints());
  return await work(rabbit);
}
