import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { BlockedQueue } from '../../src/delivery/blockage.ts';
import type { Intake, IntakeEvents, Outage } from '../../src/delivery/intake.ts';
import type { Outcome } from '../../src/delivery/outcome.ts';
import { SyncError } from '../../src/errors.ts';
import { daemonHealth } from '../../src/health/health.ts';
import { StallDetector, stallTimeoutMs } from '../../src/health/stall-detector.ts';
import type { Blocked } from '../../src/index.ts';
import { REST_SHOP_DEFAULTS } from '../../src/shop/rest/options.ts';
import { someFacts } from '../helpers/delivery-facts.ts';

const OUTAGE: Outage = { dependency: 'shop', since: new Date(), error: new SyncError('shop_unreachable', 'down') };

const CHECK_EVERY_MS = 5;

/** A daemon whose state the test sets, and a detector that watches it. */
function aWatchedDaemon(stallTimeoutMs = 50) {
  const daemon = {
    isUp: true,
    isConsuming: true,
    inFlight: 0,
    waiting: 0,
    outage: undefined as Outage | undefined,
    isHeld: false,
    blocked: [] as BlockedQueue[],
  };
  const alarm: { blocked: Blocked | undefined } = { blocked: undefined };
  let brokerChecks = 0;
  let stateChecks = 0;
  const rabbit = {
    get isUp() {
      stateChecks += 1;
      return daemon.isUp;
    },
    get isConsuming() {
      return daemon.isConsuming;
    },
    get blocked() {
      return alarm.blocked;
    },
    waiting: async () => {
      brokerChecks += 1;
      return daemon.waiting;
    },
  };
  const intake = Object.defineProperties(new EventEmitter<IntakeEvents>(), {
    inFlight: { get: () => daemon.inFlight },
    outage: { get: () => daemon.outage },
    isHeld: { get: () => daemon.isHeld },
  }) as EventEmitter<IntakeEvents> & Pick<Intake, 'inFlight' | 'outage' | 'isHeld'>;
  const blockage = {
    get queues() {
      return daemon.blocked;
    },
  };
  const stallDetector = new StallDetector({ rabbit, intake, blockage, stallTimeoutMs, checkEveryMs: CHECK_EVERY_MS });
  stallDetector.start();
  onTestFinished(() => stallDetector.stop());
  const settle = (outcome: Outcome = 'synced') =>
    void intake.emit('settled', { facts: { ...someFacts(), outcome }, outage: undefined, unexpected: undefined });
  const asksBroker = async (times: number) => {
    const before = brokerChecks;
    await expect.poll(() => brokerChecks, { interval: CHECK_EVERY_MS }).toBeGreaterThanOrEqual(before + times);
  };
  /** It has checked for longer than the stall timeout, whether or not it had a reason to ask the broker. */
  const stallTimeoutPasses = async () => {
    const enough = stateChecks + (1.5 * stallTimeoutMs) / CHECK_EVERY_MS;
    await expect.poll(() => stateChecks, { interval: CHECK_EVERY_MS }).toBeGreaterThan(enough);
  };
  const health = () =>
    daemonHealth({
      rabbit: { ...rabbit, problem: undefined },
      intake,
      blockage,
      pauses: { pause: undefined },
      stallDetector,
      webhooks: undefined,
      isStopping: false,
    });
  const probe = (delayMs: number) => void intake.emit('probing', delayMs);
  return { daemon, alarm, stallDetector, settle, probe, asksBroker, stallTimeoutPasses, health };
}

test('an idle daemon is never stalled, however long it is idle, nor when a delivery arrives after that', async () => {
  const { daemon, stallDetector, asksBroker, health } = aWatchedDaemon(300);
  await asksBroker(80);
  expect(stallDetector.stall).toBeUndefined();
  daemon.inFlight = 1;
  expect(stallDetector.stall).toBeUndefined();
  expect(health()).toEqual({ live: true, ready: true });
});

test('deliveries in flight and none settled: stalled, neither ready nor live, until one is', async () => {
  const { daemon, settle, health } = aWatchedDaemon();
  daemon.inFlight = 3;
  await expect.poll(health).toMatchObject({
    live: false,
    ready: false,
    reason: 'stalled: 3 deliveries in flight, and nothing settled',
    since: expect.stringMatching(/Z$/),
  });
  settle();
  expect(health()).toEqual({ live: true, ready: true });
});

test('messages waiting and none delivered: stalled, until they are gone', async () => {
  const { daemon, health } = aWatchedDaemon(300);
  daemon.waiting = 2;
  await expect.poll(health).toMatchObject({
    live: false,
    ready: false,
    reason: 'stalled: messages waiting, none delivered, and nothing settled',
  });
  daemon.waiting = 0;
  await expect.poll(health).toEqual({ live: true, ready: true });
});

test('a daemon that settles deliveries one by one is not stalled', async () => {
  const { daemon, stallDetector, settle } = aWatchedDaemon(400);
  daemon.inFlight = 128;
  daemon.waiting = 1_000;
  for (let settled = 0; settled < 50; settled += 1) {
    await sleep(10);
    settle();
  }
  expect(stallDetector.stall).toBeUndefined();
});

test('events that only go back to the queue are no progress', async () => {
  const { daemon, settle, stallDetector } = aWatchedDaemon(100);
  daemon.inFlight = 3;
  await expect
    .poll(() => {
      settle('requeued');
      return stallDetector.stall;
    })
    .toBeDefined();
});

test('a queue that takes no failed events: not ready, but live', () => {
  const { daemon, health } = aWatchedDaemon();
  const since = new Date();
  daemon.blocked = [{ queue: 'q.retry.5000', since, error: new Error('full') }];
  expect(health()).toEqual({
    live: true,
    ready: false,
    reason: 'blocked: the queue q.retry.5000 takes no events',
    since: since.toISOString(),
  });
});

test.each([
  ['disconnected', { isUp: false }],
  ['not subscribed', { isConsuming: false }],
  ['held, with an outage that nobody probes', { isHeld: true, isConsuming: false, outage: OUTAGE, inFlight: 0 }],
  ['blocked', { blocked: [{ queue: 'q.retry.5000', since: new Date(), error: new Error('full') }] }],
])('a daemon that is %s is not stalled, nor at once when it resumes', async (_what, state) => {
  const { daemon, stallDetector, stallTimeoutPasses } = aWatchedDaemon(300);
  const before = { ...daemon };
  Object.assign(daemon, { inFlight: 1, waiting: 5, ...state });
  await stallTimeoutPasses();
  expect(stallDetector.stall).toBeUndefined();
  Object.assign(daemon, before, { inFlight: 1 });
  expect(stallDetector.stall).toBeUndefined();
  await expect.poll(() => stallDetector.stall).toBeDefined();
});

test('a pause in which nobody probes is a stall, and neither ready nor live', async () => {
  const { daemon, health } = aWatchedDaemon();
  Object.assign(daemon, { outage: OUTAGE, isConsuming: false });
  await expect.poll(health).toMatchObject({
    live: false,
    ready: false,
    reason: 'stalled: paused, and nothing probes whether the outage is over',
  });
});

test('what is in hand of a daemon that is held must be finished', async () => {
  const { daemon, stallDetector } = aWatchedDaemon();
  Object.assign(daemon, { isHeld: true, isConsuming: false, inFlight: 1 });
  await expect.poll(() => stallDetector.stall).toMatchObject({ inFlight: 1 });
});

test('a pause with probes is none, however far apart they are, and whatever happens in between', async () => {
  const { daemon, stallDetector, settle, probe, stallTimeoutPasses, health } = aWatchedDaemon(300);
  Object.assign(daemon, { outage: OUTAGE, isConsuming: false });
  probe(60_000);
  await stallTimeoutPasses();
  settle();
  daemon.isUp = false;
  await stallTimeoutPasses();
  daemon.isUp = true;
  await stallTimeoutPasses();
  expect(stallDetector.stall).toBeUndefined();
  expect(health()).toMatchObject({ live: true, reason: "paused: the shop can't be reached (shop_unreachable)" });
});

test('while the broker takes no messages, deliveries may wait: not ready, and no stall', async () => {
  const { daemon, alarm, stallDetector, stallTimeoutPasses, health } = aWatchedDaemon(300);
  daemon.inFlight = 1;
  alarm.blocked = { reason: 'low on disk', since: new Date() };
  await stallTimeoutPasses();
  expect(stallDetector.stall).toBeUndefined();
  expect(health()).toMatchObject({
    live: true,
    ready: false,
    reason: 'RabbitMQ takes no messages (low on disk): new events, retries and dead letters wait',
  });
});

test('a process that was suspended for a while does not take its deliveries for stalled', async () => {
  const { daemon, stallDetector } = aWatchedDaemon(60);
  daemon.inFlight = 1;
  await sleep(10);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  await sleep(1);
  expect(stallDetector.stall).toBeUndefined();
});

test('the stall timeout covers what the shop may take', () => {
  const rest = { ...REST_SHOP_DEFAULTS, baseUrl: 'http://shop.example', timeoutMs: 10_000 };
  const shop = (overrides: object) => ({ rest: { ...rest, ...overrides } }) as Parameters<typeof stallTimeoutMs>[0];
  expect(stallTimeoutMs(shop({}))).toBe(210_000);
  expect(stallTimeoutMs(shop({ timeoutMs: 600_000 }))).toBeGreaterThan(600_000);
  expect(stallTimeoutMs(shop({ requestsPerSecond: 0.01 }))).toBeGreaterThan(100_000);
  expect(stallTimeoutMs({ adapter: './my-shop.ts' })).toBeGreaterThan(120_000 + 60_000);
});

test('the stall timeout covers what an internal system of somebody’s own may take', () => {
  const shop = { adapter: './my-shop.ts' };
  const builtIn = stallTimeoutMs(shop);
  expect(stallTimeoutMs(shop, { writeTimeoutMs: 300_000 })).toBeGreaterThan(builtIn + 300_000);
  expect(stallTimeoutMs(shop, { writeTimeoutMs: 300_000, maxBatch: 50 })).toBeGreaterThan(builtIn + 3 * 300_000);
});
