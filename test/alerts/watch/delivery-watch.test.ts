import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DeliveryWatch } from '../../../src/alerts/watch/delivery-watch.ts';
import type { Incident } from '../../../src/alerts/watch/happening.ts';
import { PendingCancellations } from '../../../src/alerts/watch/pending-cancellations.ts';
import type { DeliveryFacts } from '../../../src/delivery/outcome.ts';
import type { LedgerState, OrderRecord } from '../../../src/internal-system/ledger.ts';
import { someFacts } from '../../helpers/delivery-facts.ts';

const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** @param records what the ledger knows by a name */
function aWatch(records: readonly Partial<OrderRecord>[] = []) {
  const told: Incident[] = [];
  const asked: string[] = [];
  const tell = (incident: Incident) => void told.push(incident);
  const cancellations = new PendingCancellations({
    tell,
    findOrders: async (reference) => {
      asked.push(reference);
      return records as OrderRecord[];
    },
    tellAfterMs: 5 * MINUTE,
  });
  const watch = new DeliveryWatch({ tell, cancellations });
  const settled = (facts: Partial<DeliveryFacts>) =>
    watch.order({ facts: someFacts(facts), outage: undefined, unexpected: undefined });
  return { told, asked, watch, cancellations, settled };
}

function deadLetter(orderNumber: string, reason: DeliveryFacts['reason'] = 'order_not_found'): Partial<DeliveryFacts> {
  return { outcome: 'dead-lettered', reason, reference: orderNumber, orderNumber: null };
}

test('the first dead letter is told within seconds, and all of a window in one message, by reason', () => {
  const { told, settled } = aWatch();
  settled(deadLetter('1'));
  vi.advanceTimersByTime(2_000);
  expect(told).toMatchObject([
    { kind: 'dead_letters', reasons: [{ reason: 'order_not_found', count: 1, orders: ['1'] }] },
  ]);
  for (let number = 2; number < 60; number += 1) {
    settled(deadLetter(String(number), number % 3 === 0 ? 'invalid_order' : 'order_not_found'));
    vi.advanceTimersByTime(MINUTE / 10);
  }
  expect(told).toHaveLength(1);
  vi.advanceTimersByTime(10 * MINUTE);
  expect(told[1]).toMatchObject({
    reasons: [
      { reason: 'order_not_found', count: 39, orders: ['2', '4', '5', '7', '8'] },
      { reason: 'invalid_order', count: 19 },
    ],
  });
  vi.advanceTimersByTime(60 * MINUTE);
  expect(told).toHaveLength(2);
  // Long after that, it is news again.
  settled(deadLetter('99'));
  vi.advanceTimersByTime(2_000);
  expect(told).toHaveLength(3);
});

test('a million dead letters are counted in one small message, and one timer', () => {
  const { told, watch, settled } = aWatch();
  for (let number = 0; number < 1_000_000; number += 1) settled(deadLetter(String(number)));
  expect(vi.getTimerCount()).toBe(1);
  watch.flush();
  expect(told).toMatchObject([{ reasons: [{ count: 1_000_000, orders: ['0', '1', '2', '3', '4'] }] }]);
  expect(JSON.stringify(told).length).toBeLessThan(500);
  expect(vi.getTimerCount()).toBe(0);
});

test('those of shipments are told by themselves', () => {
  const { told, watch } = aWatch();
  watch.shipment({ facts: someFacts(deadLetter('1', 'shipment_refused')), outage: undefined, unexpected: undefined });
  vi.advanceTimersByTime(2_000);
  expect(told).toMatchObject([{ of: 'shipments', reasons: [{ reason: 'shipment_refused' }] }]);
});

test('parcels to be stopped stand before those to be checked, and are told together', () => {
  const { told, settled } = aWatch();
  settled({ outcome: 'synced', orderNumber: '1', conflicts: ['address_changed'] });
  settled({ outcome: 'synced', orderNumber: '2', conflicts: ['cancelled'] });
  settled({ outcome: 'synced', orderNumber: '3' });
  vi.advanceTimersByTime(2_000);
  for (let number = 10; number < 40; number += 1) settled({ orderNumber: String(number), conflicts: ['refunded'] });
  vi.advanceTimersByTime(MINUTE);
  expect(told).toMatchObject([
    {
      kind: 'conflicts',
      stop: { count: 1, orders: [{ orderNumber: '2', conflicts: ['cancelled'] }] },
      check: { count: 1, orders: [{ orderNumber: '1' }] },
    },
    { kind: 'conflicts', stop: { count: 30 }, check: { count: 0 } },
  ]);
  expect(told[1]).toHaveProperty('stop.orders.length', 10);
});

const stored = { status: 'paid' } as unknown as OrderRecord['stored'];
const cancelled = (outcome: DeliveryFacts['outcome']): Partial<DeliveryFacts> => {
  return { event: 'cancelled', outcome, reference: '10086', orderNumber: null };
};
const record = (state: LedgerState): Partial<OrderRecord> => ({
  orderNumber: '10086',
  state,
  lastEvent: 'cancelled',
  stored,
});
const ofCancellations = (told: readonly Incident[]) => told.filter(({ kind }) => kind === 'cancellations_pending');

test('a cancellation that is a dead letter is told once, if the order is stored and not as cancelled', async () => {
  const { told, settled, cancellations } = aWatch([record('dead-lettered')]);
  settled(cancelled('dead-lettered'));
  await cancellations.look();
  settled(cancelled('dead-lettered'));
  await cancellations.look();
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(ofCancellations(told)).toEqual([{ kind: 'cancellations_pending', count: 1, orders: ['10086'] }]);

  const unknown = aWatch([{ ...record('dead-lettered'), stored: null }]);
  unknown.settled(cancelled('dead-lettered'));
  await unknown.cancellations.look();
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(unknown.asked).toEqual(['10086']);
  expect(ofCancellations(unknown.told)).toEqual([]);
});

test('one that is retried is told once retrying takes long, and not at all if it gets through before', async () => {
  const { told, asked, settled, cancellations } = aWatch([record('retrying')]);
  settled(cancelled('retrying'));
  await vi.advanceTimersByTimeAsync(4 * MINUTE);
  settled(cancelled('retrying'));
  await cancellations.look();
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(MINUTE);
  await cancellations.look();
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(ofCancellations(told)).toHaveLength(1);

  const lucky = aWatch([record('retrying')]);
  lucky.settled(cancelled('retrying'));
  lucky.settled(cancelled('synced'));
  await vi.advanceTimersByTimeAsync(6 * MINUTE);
  await lucky.cancellations.look();
  expect(lucky.asked).toEqual([]);
});
