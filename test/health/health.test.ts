import { expect, test } from 'vitest';
import { SyncError } from '../../src/errors.ts';
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

test('a daemon that a person has paused is ready, and says so; whatever else is the matter comes first', () => {
  const pause = { by: 'li.wei', since: '2026-11-29T08:00:00.000Z', until: null, reason: 'ERP update' };
  const error = new SyncError('shop_unreachable', 'no route to host');
  const paused = {
    ...WELL,
    rabbit: { ...WELL.rabbit, isConsuming: false },
    intake: { outage: { dependency: 'shop' as const, since: new Date(), error } },
    pauses: { pause },
  };
  expect(daemonHealth(paused)).toEqual({ live: true, ready: true, paused: pause });
  expect(daemonHealth({ ...paused, rabbit: { ...paused.rabbit, isUp: false } }).ready).toBe(false);
  expect(daemonHealth({ ...paused, webhooks: { isSpoolFull: true } }).ready).toBe(false);
  expect(daemonHealth({ ...paused, isStopping: true }).ready).toBe(false);
  const stall = { since: new Date(), inFlight: 3 };
  expect(daemonHealth({ ...paused, stallDetector: { stall } })).toMatchObject({ live: false, ready: false });
});
