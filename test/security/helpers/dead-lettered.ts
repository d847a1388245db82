import { expect } from 'vitest';
import type { Bystander } from '../../helpers/broker.ts';
import type { DaemonProcess, LogLine } from '../../helpers/daemon-process.ts';

/**
 * Publishes an order that always fails, and before each of its attempts one that works, as a shop that fails for every order
 * would count as down. Resolves to the log line of the dead letter.
 */
export async function deadLettered(
  daemon: DaemonProcess,
  bystander: Bystander,
  failing: string,
  working: string,
): Promise<LogLine> {
  for (let attempt = 0; ; attempt++) {
    const before = daemon.outcomes().length;
    await bystander.publish(daemon.queue, working);
    await expect.poll(() => daemon.outcomes().slice(before).at(-1)?.reference).toBe(working);
    if (attempt === 0) await bystander.publish(daemon.queue, failing);
    const own = () => daemon.lines.filter((line) => line['outcome'] !== undefined && line['reference'] === failing);
    await expect.poll(() => own().length).toBeGreaterThan(attempt);
    const end = own().find((line) => line['outcome'] === 'dead-lettered');
    if (end !== undefined) return end;
  }
}
