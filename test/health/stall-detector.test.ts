import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { IntakeEvents, Outage } from '../../src/delivery/intake.ts';
import { SyncError } from '../../src/errors.ts';
import { daemonHealth } from '../../src/health/health.ts';
import { StallDetector, stallTimeoutMs } from '../../src/health/stall-detector.ts';
import { REST_SHOP_DEFAULTS } from '../../src/shop/rest/options.ts';

const OUTAGE: Outage = { dependency: 'shop', since: new Date(), error: new SyncError('shop_unreachable', 'away') };

const EVERY_MS = 5;

/** A daemon whose state the test sets, and the watch over it. */
function aWatch(stallTimeoutMs = 50) {
  const daemon = { isUp: true, isConsuming: true, inFlight: 0, waiting: 0, outage: undefined as Outage | undefined };
  let looks = 0;
  let glances = 0;
  const rabbit = {
    get isUp() {
      return daemon.isUp;
    },
    get isConsuming() {
      return daemon.isConsuming;
    },
    waiting: async () => {
      looks += 1;
      return daemon.waiting;
    },
  };
  const intake = Object.defineProperties(new EventEmitter<IntakeEvents>(), {
    inFlight: { get: () => daemon.inFlight },
    outage: {
      get: () => {
        glances += 1;
        return daemon.outage;
      },
    },
  }) as EventEmitter<IntakeEvents> & { readonly inFlight: number; readonly outage: Outage | undefined };
  const progress = new StallDetector({ rabbit, intake, stallTimeoutMs, everyMs: EVERY_MS });
  progress.start();
  onTestFinished(() => progress.stop());
  const settle = () => void intake.emit('settled', Object.create(null));
  const looksAgain = async (times: number) => {
    const before = looks;
    await expect.poll(() => looks, { interval: 5 }).toBeGreaterThanOrEqual(before + times);
  };
  /** It has looked for longer than it has patience, whether or not there was something to ask the broker. */
  const losesPatience = async () => {
    const enough = glances + (1.5 * stallTimeoutMs) / EVERY_MS;
    await expect.poll(() => glances, { interval: EVERY_MS }).toBeGreaterThan(enough);
  };
  const health = () => daemonHealth({ rabbit, intake, progress, isStopping: false });
  return { daemon, progress, settle, looksAgain, losesPatience, health };
}

test('an idle daemon is never stalled, however long it is idle, nor when a delivery comes then', async () => {
  const { daemon, progress, looksAgain, health } = aWatch(300);
  await looksAgain(80);
  expect(progress.stall).toBeUndefined();
  daemon.inFlight = 1;
  expect(progress.stall).toBeUndefined();
  expect(health()).toEqual({ live: true, ready: true });
});

test('deliveries in hand and none settled: stalled, neither ready nor live, until one is', async () => {
  const { daemon, settle, health } = aWatch();
  daemon.inFlight = 3;
  await expect.poll(health).toMatchObject({
    live: false,
    ready: false,
    reason: 'stalled: 3 deliveries in hand, and nothing settled',
    since: expect.stringMatching(/Z$/),
  });
  settle();
  expect(health()).toEqual({ live: true, ready: true });
});

test('messages waiting that nobody brings: stalled, until they are gone', async () => {
  const { daemon, health } = aWatch(300);
  daemon.waiting = 2;
  await expect.poll(health).toMatchObject({
    live: false,
    ready: false,
    reason: 'stalled: messages waiting, none delivered, and nothing settled',
  });
  daemon.waiting = 0;
  await expect.poll(health).toEqual({ live: true, ready: true });
});

test('deliveries that are settled one by one are progress', async () => {
  const { daemon, progress, settle } = aWatch(400);
  daemon.inFlight = 128;
  daemon.waiting = 1_000;
  for (let settled = 0; settled < 50; settled += 1) {
    await sleep(10);
    settle();
  }
  expect(progress.stall).toBeUndefined();
});

test.each([
  ['paused', { outage: OUTAGE }],
  ['disconnected', { isUp: false }],
  ['not subscribed', { isConsuming: false }],
])('who is %s is not stalled, nor at once when it goes on', async (_what, state) => {
  const { daemon, progress, losesPatience } = aWatch(300);
  const before = { ...daemon };
  Object.assign(daemon, { inFlight: 1, waiting: 5, ...state });
  await losesPatience();
  expect(progress.stall).toBeUndefined();
  Object.assign(daemon, before, { inFlight: 1 });
  expect(progress.stall).toBeUndefined();
  await expect.poll(() => progress.stall).toBeDefined();
});

test('a process that was stopped for a while does not blame the others', async () => {
  const { daemon, progress } = aWatch(60);
  daemon.inFlight = 1;
  await sleep(10);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  await sleep(1);
  expect(progress.stall).toBeUndefined();
});

test('what a shop may take is waited for', () => {
  const rest = { ...REST_SHOP_DEFAULTS, baseUrl: 'http://shop.example', timeoutMs: 10_000 };
  const shop = (overrides: object) => ({ rest: { ...rest, ...overrides } }) as Parameters<typeof stallTimeoutMs>[0];
  expect(stallTimeoutMs(shop({}))).toBe(210_000);
  expect(stallTimeoutMs(shop({ timeoutMs: 600_000 }))).toBeGreaterThan(600_000);
  expect(stallTimeoutMs(shop({ requestsPerSecond: 0.01 }))).toBeGreaterThan(100_000);
  expect(stallTimeoutMs({ adapter: './my-shop.ts' })).toBeGreaterThan(120_000 + 60_000);
});
