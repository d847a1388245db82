import { expect, test } from 'vitest';
import type { Bucket, DeliveryEvent, Snapshot, Tick } from '../../../../src/ops/dashboard/messages.ts';
import { withTick } from '../../../../src/ops/dashboard/page/state/ticks.js';

const MINUTE = 60_000;
const aBucket = (minute: number, orders = 0): Bucket => ({
  at: minute * MINUTE,
  orders,
  deadLetters: 0,
  p50: null,
  p95: null,
});
const aDelivery = (id: number): DeliveryEvent => ({
  id,
  at: new Date(id * 1_000).toISOString(),
  order: `N${id}`,
  shopOrderId: null,
  event: 'paid',
  outcome: 'synced',
  tookMs: 12,
});
/** Newest first, as the daemon sends them. */
const deliveries = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => aDelivery(to - index));

function aTick(overrides: Partial<Tick> = {}): Tick {
  return {
    now: '2026-11-22T08:00:01.000Z',
    consumption: { state: 'running', since: '2026-11-22T07:00:00.000Z' },
    figures: {
      waiting: 0,
      retrying: 0,
      deadLetters: 0,
      conflicts: null,
      heldBack: null,
      unknownBecause: null,
      inFlight: 0,
      lastOrderAt: null,
      webhooks: null,
      lastHour: aBucket(0),
      lastDay: aBucket(0),
    },
    deliveries: [],
    skipped: 0,
    hour: [],
    day: [],
    ...overrides,
  };
}

function aSnapshot(overrides: Partial<Snapshot> = {}): Snapshot {
  const { skipped: _, ...rest } = aTick();
  return { ...rest, knownSince: 0, timedSince: 0, ...overrides };
}

const ids = (snapshot: Snapshot) => snapshot.deliveries.map(({ id }) => id);

test('new deliveries go on top, each once, whatever a tick repeats', () => {
  const before = aSnapshot({ deliveries: deliveries(1, 3) });
  const after = withTick(before, aTick({ deliveries: deliveries(2, 5) }));
  expect(ids(after)).toEqual([5, 4, 3, 2, 1]);
});

test('a tick without new deliveries leaves the list the same', () => {
  const before = aSnapshot({ deliveries: deliveries(1, 3) });
  expect(withTick(before, aTick()).deliveries).toBe(before.deliveries);
});

test('those that were skipped are counted between the old ones and the new ones', () => {
  const after = withTick(
    aSnapshot({ deliveries: deliveries(1, 2) }),
    aTick({ deliveries: deliveries(50, 51), skipped: 47 }),
  );
  expect(after.deliveries).toMatchObject([{ id: 51 }, { id: 50 }, { id: 2, skipped: 47 }, { id: 1 }]);
});

test('the list never grows beyond a hundred', () => {
  let snapshot = aSnapshot();
  for (let id = 1; id <= 400; id += 40) snapshot = withTick(snapshot, aTick({ deliveries: deliveries(id, id + 39) }));
  expect(ids(snapshot)).toEqual(deliveries(301, 400).map(({ id }) => id));
});

test('the last buckets are replaced, and a new one pushes out the oldest', () => {
  const before = aSnapshot({ hour: [aBucket(1, 1), aBucket(2, 2), aBucket(3, 3)] });
  expect(withTick(before, aTick({ hour: [aBucket(3, 4)] })).hour).toEqual([
    aBucket(1, 1),
    aBucket(2, 2),
    aBucket(3, 4),
  ]);
  expect(withTick(before, aTick({ hour: [aBucket(3, 5), aBucket(4, 1)] })).hour).toEqual([
    aBucket(2, 2),
    aBucket(3, 5),
    aBucket(4, 1),
  ]);
});
