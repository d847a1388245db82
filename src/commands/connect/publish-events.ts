import { inParallel } from '../../async/in-parallel.ts';
import { counted } from '../cli/counted.ts';
import { say } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';

/** Enough to keep a broker busy, few enough to keep track of. */
const CONFIRMS_IN_FLIGHT = 200;

/**
 * Publishes one event per order. Stops at the first failure.
 *
 * @param publish resolves when the broker has confirmed it
 * @returns how many were published @throws whatever `publish` does
 */
export async function publishEvents(
  references: AsyncIterable<string> | Iterable<string>,
  publish: (orderNumber: string) => Promise<void>,
): Promise<number> {
  const progress = new Progress((count) => `${count} sent …`);
  try {
    await inParallel(references, CONFIRMS_IN_FLIGHT, async (orderNumber) => {
      await publish(orderNumber);
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
