import { expect, test } from 'vitest';
import { daemonHealth } from '../../src/health/health.ts';

const WELL = {
  rabbit: { isUp: true, isConsuming: true, blocked: undefined, problem: undefined },
  intake: { outage: undefined },
  pauses: { pause: undefined },
  blockage: { queues: [] },
  stallDetector: { stall: undefined },
  webhooks: { isSpoolFull: false },
  isStopping: false,
};

test('a daemon whose webhook spool is full is not ready, whatever else it lacks', () => {
  expect(daemonHealth(WELL)).toEqual({ live: true, ready: true });
  expect(daemonHealth({ ...WELL, webhooks: undefined })).toEqual({ live: true, ready: true });
  const rabbit = { ...WELL.rabbit, isUp: false };
  expect(daemonHealth({ ...WELL, rabbit, webhooks: { isSpoolFull: true } })).toEqual({
    live: true,
    ready: false,
    reason: 'webhooks are refused: WEBHOOK_SPOOL_MAX events wait for RabbitMQ',
  });
});
