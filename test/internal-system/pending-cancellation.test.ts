import { expect, test } from 'vitest';
import type { ErpRecord, OrderRecord, StoredOrder } from '../../src/internal-system/ledger.ts';
import { nextAttemptAt } from '../../src/internal-system/next-attempt.ts';
import { pendingCancellation } from '../../src/internal-system/pending-cancellation.ts';

type Known = Parameters<typeof pendingCancellation>[0];

const stored = (status: string, erp?: Partial<ErpRecord>) =>
  ({ status, ...(erp === undefined ? {} : { erp: { revision: 2, ...erp } }) }) as StoredOrder;
const known = (facts: Partial<OrderRecord>): Known => ({
  orderNumber: '10086',
  state: 'dead-lettered',
  lastEvent: 'cancelled',
  stored: stored('paid'),
  ...facts,
});

test.each<[string, Partial<OrderRecord>, string | undefined]>([
  ['its event is a dead letter', {}, 'dead-lettered'],
  ['its event is tried again', { state: 'retrying' }, 'retrying'],
  ['a person has discarded its event', { state: 'discarded' }, undefined],
  ['the event that failed said something else', { lastEvent: 'paid' }, undefined],
  ['the cancellation is stored', { state: 'synced', stored: stored('cancelled') }, undefined],
  ['the order was never stored', { stored: null }, undefined],
  ['the ERP has an earlier revision', { stored: stored('cancelled', { deliveredRevision: 1 }) }, 'undelivered'],
  ['the ERP has it cancelled', { stored: stored('cancelled', { deliveredRevision: 2 }) }, undefined],
  ['the ERP has never got the order', { stored: stored('cancelled', { deliveredRevision: null }) }, undefined],
])('%s', (_, facts, expected) => {
  const order = known(facts);
  expect(pendingCancellation(order, [order])).toBe(expected);
});

test('an event of the same name counts whose order the shop has not told, one of another order does not', () => {
  const order = known({ state: 'synced', lastEvent: 'paid' });
  const nameless = known({ orderNumber: null, stored: null });
  expect(pendingCancellation(order, [order, nameless])).toBe('dead-lettered');
  expect(pendingCancellation(nameless, [order, nameless])).toBeUndefined();
  expect(pendingCancellation(order, [order, known({ orderNumber: '10087' })])).toBeUndefined();
});

test.each<[string, Partial<OrderRecord>, string | null]>([
  ['after the first failure, the first wait', { attempts: 1 }, '2026-11-29T08:00:10.000Z'],
  ['after the second, the second', { attempts: 2 }, '2026-11-29T08:01:00.000Z'],
  ['none after the last', { attempts: 3 }, null],
  ['none for a dead letter', { attempts: 1, state: 'dead-lettered' }, null],
])('the next attempt: %s', (_, facts, expected) => {
  const record = { state: 'retrying' as const, attempts: 1, notedAt: '2026-11-29T08:00:00.000Z', ...facts };
  expect(nextAttemptAt(record, [10_000, 60_000])).toBe(expected);
});
