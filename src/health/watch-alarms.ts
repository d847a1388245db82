import { repeat } from '../async/repeat.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';

const EVERY_MS = 10_000;

/**
 * A quiet daemon publishes nothing for hours, and would not hear of an alarm that keeps the shop from publishing. So it asks.
 *
 * @param signal ends it
 */
export function watchAlarms(rabbit: Pick<RabbitMQ, 'probe'>, signal: AbortSignal): void {
  void repeat(
    EVERY_MS,
    signal,
    async () => rabbit.probe(),
    () => undefined,
  );
}
