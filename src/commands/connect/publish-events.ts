import { inParallel } from '../../async/in-parallel.ts';
import type { RabbitMQ } from '../../broker/rabbitmq.ts';
import type { EventType } from '../../messages/order-event.ts';
import { requestSync } from '../../messages/request-sync.ts';
import { counted } from '../cli/counted.ts';
import { say } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';

/** Enough to keep a broker busy, few enough to keep track of. */
const CONFIRMS_IN_FLIGHT = 200;

/**
 * Publishes one event per order, each confirmed by the broker. Stops at the first failure.
 *
 * @returns how many were published @throws whatever `rabbit.enqueue` does
 */
export async function publishEvents(
  rabbit: RabbitMQ,
  references: AsyncIterable<string> | Iterable<string>,
  event: EventType,
): Promise<number> {
  const progress = new Progress((count) => `${count} sent …`);
  try {
    await inParallel(references, CONFIRMS_IN_FLIGHT, async (orderNumber) => {
      await requestSync(rabbit, orderNumber, event);
      progress.add();
    });
  } catch (error) {
    progress.end();
    say(`Stopped after ${counted(progress.count, 'event')}. Send all of them again: a duplicate does no harm.`);
    throw error;
  }
  progress.end();
  return progress.count;
}
