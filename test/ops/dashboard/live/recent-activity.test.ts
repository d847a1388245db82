import { describe, expect, test } from 'vitest';
import type { OrderRecord } from '../../../../src/internal-system/ledger.ts';
import { RecentActivity } from '../../../../src/ops/dashboard/live/recent-activity.ts';
import { someFacts } from '../../../helpers/delivery-facts.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The record of an order that was written this long ago. */
function aRecord(agoMs: number): OrderRecord {
  const at = new Date(Date.now() - agoMs).toISOString();
  return {
    reference: `N${agoMs}`,
    orderNumber: `N${agoMs}`,
    shopOrderId: null,
    state: 'synced',
    attempts: 1,
    lastEvent: 'paid',
    lastError: null,
    receivedAt: at,
    fetchedAt: at,
    syncedAt: at,
    stored: null,
  };
}

describe('after a restart', () => {
  test("the ledger's orders are counted and listed, without times", () => {
    const activity = new RecentActivity();
    activity.settled(someFacts({ orderNumber: 'new', queueMs: 10, totalMs: 30 }));
    activity.recall([aRecord(5 * MINUTE), aRecord(10 * MINUTE)], true);
    const now = Date.now();
    expect(activity.hour.list(now).reduce((sum, { orders }) => sum + orders, 0)).toBe(3);
    expect(activity.hour.list(now).filter(({ p50 }) => p50 !== null)).toHaveLength(1);
    expect(activity.deliveries().map(({ order, tookMs }) => [order, tookMs])).toEqual([
      ['new', 40],
      ['N300000', null],
      ['N600000', null],
    ]);
    expect(activity.knownSince).toBeLessThanOrEqual(now - DAY + MINUTE);
    expect(activity.timedSince).toBeGreaterThan(now - MINUTE);
  });

  test('an incomplete ledger reaches back to its oldest order, or to the start if all orders are newer', () => {
    const some = new RecentActivity();
    some.recall([aRecord(5 * MINUTE), aRecord(10 * MINUTE)], false);
    expect(Date.now() - some.knownSince).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(Date.now() - some.knownSince).toBeLessThan(11 * MINUTE);
    const busy = new RecentActivity();
    busy.recall([aRecord(-1_000)], false);
    expect(busy.knownSince).toBe(busy.timedSince);
    expect(busy.deliveries()).toEqual([]);
  });
});

test('lists the newest deliveries, newest first, however many there were', () => {
  const activity = new RecentActivity();
  for (let index = 1; index <= 1_000; index += 1) activity.settled(someFacts({ orderNumber: `N${index}` }));
  expect(activity.deliveries(3).map(({ order }) => order)).toEqual(['N1000', 'N999', 'N998']);
  expect(activity.deliveries(40, 998).map(({ id }) => id)).toEqual([1_000, 999]);
  expect(activity.deliveries()).toHaveLength(200);
});

test('knows when the last 5,000 orders were acked, and forgets older ones eventually', () => {
  const activity = new RecentActivity();
  const at = (order: number) => activity.ackedAt(`N${order}`);
  for (let index = 1; index <= 12_000; index += 1) activity.settled(someFacts({ orderNumber: `N${index}` }), index);
  expect(at(1)).toBeNull();
  expect(at(2_000)).toBeNull();
  expect(at(7_001)).toBe(new Date(7_001).toISOString());
  expect(at(12_000)).toBe(new Date(12_000).toISOString());
});
