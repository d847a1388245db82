import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { RabbitMQ } from '../../src/broker/rabbitmq.ts';
import type { Intake, IntakeEvents } from '../../src/delivery/intake.ts';
import type { DeliveryFacts } from '../../src/delivery/outcome.ts';
import { daemonHeartbeat } from '../../src/heartbeat/daemon-heartbeat.ts';
import type { DaemonReport } from '../../src/internal-system/daemon-store.ts';
import { someFacts } from '../helpers/delivery-facts.ts';

test('lag is that of an order which was synced at once: what waits on purpose is not behind', async () => {
  const reports: DaemonReport[] = [];
  const intake = Object.assign(new EventEmitter<IntakeEvents>(), { inFlight: 0, isHeld: false, outage: undefined });
  const heart = daemonHeartbeat({
    store: {
      beat: async (_, report) => void reports.push(report),
      leave: async () => undefined,
      prune: async () => undefined,
      list: async () => [],
    },
    rabbit: { isUp: true, isConsuming: true, waiting: async () => 0 } as unknown as RabbitMQ,
    intake: intake as unknown as Intake,
    pauses: { pause: undefined },
    health: () => ({ live: true, ready: true }),
    inFlightBeside: () => 0,
    isStopping: () => false,
    rabbitmq: { queue: 'orders', prefetch: 1 },
    logger: pino({ enabled: false }),
  });
  onTestFinished(() => heart.stop());
  const settle = (facts: Partial<DeliveryFacts>) =>
    intake.emit('settled', { facts: someFacts(facts), outage: undefined, unexpected: undefined });
  settle({ queueMs: 12 });
  settle({ queueMs: 300_000, attempt: 3 });
  settle({ queueMs: 5_000, outcome: 'unchanged' });
  settle({ queueMs: 9_000, outcome: 'requeued' });
  heart.start();
  await expect.poll(() => reports.length).toBe(1);
  expect(reports[0]).toMatchObject({ lagMs: 12, lastOrderAt: expect.stringMatching(/Z$/) });
});
