import { openWithTimeout } from '../../broker/open-with-timeout.ts';
import { checkOptions } from '../../broker/options.ts';
import { RabbitMQ } from '../../broker/rabbitmq.ts';
import type { RabbitMQConfig } from '../../config/load-config.ts';

/** A person is waiting for the confirm. */
const PUBLISH_TIMEOUT_MS = 15_000;

/**
 * Connects to the broker in order to publish, and disconnects afterwards.
 *
 * @throws BrokerRefusedError; BrokerUnavailableError after 15 s; whatever `work` throws
 */
export async function withBroker<T>(config: RabbitMQConfig, work: (rabbit: RabbitMQ) => Promise<T>): Promise<T> {
  const options = { ...config, publishTimeoutMs: PUBLISH_TIMEOUT_MS, connectionName: 'order-sync command' };
  const { host, port } = checkOptions(options).endpoint();
  await using rabbit = new RabbitMQ(options);
  const opening = {
    open: () => rabbit.open(),
    close: () => rabbit.close(),
    onRetry: (listener: (error: Error) => void) => void rabbit.on('retry', (_role, error) => listener(error)),
  };
  await openWithTimeout(opening, `${host}:${port}`);
  return await work(rabbit);
}
