import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/internal-system/internal-system.ts';
import { planWrites, type StoredVersion } from '../../src/internal-system/newest-wins.ts';
import { aSnapshot } from '../helpers/order-builder.ts';

const NOON = '2026-11-22T12:00:00.000Z';
const LATER = '2026-11-22T12:00:00.001Z';
const fetchedAt = (text: string) => ({ fetchedAt: new Date(text) });

function stored(overrides: Partial<StoredVersion> = {}): ReadonlyMap<string, StoredVersion> {
  const version: StoredVersion = {
    orderNumber: 'A1',
    shopOrderId: 'id-A1',
    updatedAt: NOON,
    status: 'paid',
    fetchedAt: NOON,
    contentHash: 'other',
    revision: 4,
    fulfilmentStatus: 'new',
    conflicts: [],
    conflictAt: null,
    ...overrides,
  };
  return new Map([['A1', version]]);
}

function storedAs(snapshot: Snapshot): ReadonlyMap<string, StoredVersion> {
  const { versions } = planWrites(new Map(), [snapshot]);
  return new Map(versions.map((version) => [version.order.orderNumber, version]));
}

function outcome(version: Partial<StoredVersion>, ...snapshot: Parameters<typeof aSnapshot>) {
  const [overrides = {}] = snapshot;
  const order = { orderNumber: 'A1', updatedAt: NOON, ...overrides.order };
  return planWrites(stored(version), [aSnapshot({ ...overrides, order })]).results[0];
}

describe('the newest version', () => {
  it.each([
    ['a later update', { updatedAt: NOON }, { order: { updatedAt: LATER, status: 'pending' as const } }],
    ['a later status at the same update', { status: 'pending' as const }, { order: { status: 'paid' as const } }],
    ['a fetch that began after the stored version was seen', {}, { ...fetchedAt('2020-01-01'), seen: `other@${NOON}` }],
  ])('is %s', (_, version, snapshot) => {
    expect(outcome(version, snapshot)).toEqual({ outcome: 'synced', conflict: false });
  });

  it.each([
    ['an earlier update, whatever its status', { updatedAt: LATER }, { order: { status: 'cancelled' as const } }],
    ['an earlier status at the same update', { status: 'cancelled' as const }, fetchedAt('2027-01-01T00:00:00Z')],
    ['an earlier update, even if it was fetched later', { updatedAt: LATER }, { seen: `other@${NOON}` }],
  ])('is not %s, and the stored one is named', (_, version, snapshot) => {
    expect(outcome(version, snapshot)).toEqual({ outcome: 'stale', conflict: false, stored: `other@${NOON}` });
  });

  it('is what a person forces in place of the version they saw, and of no other', () => {
    const older = { ...aSnapshot({ order: { orderNumber: 'A1', status: 'cancelled', updatedAt: NOON } }), force: true };
    const known = stored({ updatedAt: LATER });
    const outcomes = [`other@${NOON}`, `other@${LATER}`, undefined].map(
      (seen) => planWrites(known, [{ ...older, seen }]).results[0]?.outcome,
    );
    expect(outcomes).toEqual(['synced', 'stale', 'stale']);
  });

  it('stays the forced one: what is fetched next is compared with that', () => {
    const forced = aSnapshot({
      order: { orderNumber: 'A1', status: 'cancelled', updatedAt: NOON },
      seen: `other@${NOON}`,
    });
    const { versions } = planWrites(stored({ updatedAt: LATER }), [{ ...forced, force: true }]);
    const now = new Map(versions.map((version) => [version.order.orderNumber, version]));
    expect(planWrites(now, [forced]).results[0]?.outcome).toBe('unchanged');
    const next = aSnapshot({ order: { orderNumber: 'A1', status: 'refunded', updatedAt: LATER } });
    expect(planWrites(now, [next]).results[0]?.outcome).toBe('synced');
  });

  it.each([
    ['later', fetchedAt(LATER)],
    ['earlier', fetchedAt('2020-01-01')],
    ['at the same time', fetchedAt(NOON)],
    ['after another version was seen', { seen: `other@${LATER}` }],
    ['after other content was seen', { seen: `another@${NOON}` }],
  ])('is undecided for other content with the same update and status, fetched %s', (_, snapshot) => {
    expect(outcome({}, snapshot)).toEqual({ outcome: 'tied', conflict: false, stored: `other@${NOON}` });
  });

  it.each([
    ['pending', 'paid'],
    ['pending', 'on_hold'],
    ['paid', 'completed'],
    ['on_hold', 'completed'],
    ['on_hold', 'cancelled'],
    ['completed', 'refunded'],
    ['refunded', 'cancelled'],
  ] as const)('at the same update, goes from %s to %s and not back', (earlier, later) => {
    expect(outcome({ status: earlier }, { order: { status: later } })?.outcome).toBe('synced');
    expect(outcome({ status: later }, { order: { status: earlier } })?.outcome).toBe('stale');
  });

  it.each([
    ['paid', 'on_hold'],
    ['on_hold', 'paid'],
  ] as const)('at the same update, goes from %s to %s only when it was provably fetched later', (before, after) => {
    const order = { status: after };
    expect(outcome({ status: before }, { order, ...fetchedAt(LATER) })?.outcome).toBe('tied');
    expect(outcome({ status: before }, { order, seen: `other@${NOON}` })?.outcome).toBe('synced');
    expect(outcome({ status: before, updatedAt: LATER }, { order, seen: `other@${LATER}` })?.outcome).toBe('stale');
  });

  it('is unchanged when its content is stored already, whenever it was fetched', () => {
    const snapshot = aSnapshot({ order: { orderNumber: 'A1' } });
    const known = storedAs(snapshot);
    for (const fetched of [new Date(0), snapshot.fetchedAt]) {
      const plan = planWrites(known, [{ ...snapshot, fetchedAt: fetched }]);
      expect(plan).toMatchObject({ results: [{ outcome: 'unchanged', conflict: false }], versions: [] });
    }
  });
});

describe('refetched content', () => {
  const order = { orderNumber: 'A1', updatedAt: NOON };
  const first = aSnapshot({ order, fetchedAt: new Date('2026-11-22T12:00:01Z') });
  const between = aSnapshot({
    order: { ...order, buyerNote: 'for a moment only' },
    fetchedAt: new Date('2026-11-22T12:00:02Z'),
  });
  const again = { ...first, fetchedAt: new Date('2026-11-22T12:00:03Z') };

  it('is another version: a writer that saw only the earlier one does not overwrite it', () => {
    const [seen] = planWrites(storedAs(first), [between]).results;
    const plan = planWrites(storedAs(first), [again, { ...between, seen: seen?.stored }]);
    expect(plan.results.map((result) => result.outcome)).toEqual(['unchanged', 'tied']);
    expect(plan.versions).toEqual([]);
    expect(plan.refetched.map((version) => version.fetchedAt)).toEqual(['2026-11-22T12:00:03.000Z']);
  });

  it('keeps its name when the snapshot before it is written once more', () => {
    const [seen] = planWrites(storedAs(first), [between]).results;
    const plan = planWrites(storedAs(again), [first, { ...between, seen: seen?.stored }]);
    expect(plan.results.map((result) => result.outcome)).toEqual(['unchanged', 'tied']);
    expect(plan.refetched).toEqual([]);
  });

  it('has another name after a fetch that provably began later, even if clocks were set back', () => {
    const [seen] = planWrites(storedAs(again), [between]).results;
    const plan = planWrites(storedAs(again), [{ ...first, seen: seen?.stored }]);
    expect(plan.refetched).toHaveLength(1);
  });

  it('updates the row that the same batch writes', () => {
    const plan = planWrites(new Map(), [first, again]);
    expect(plan.results.map((result) => result.outcome)).toEqual(['synced', 'unchanged']);
    expect(plan.versions.map(({ fetchedAt, isNew }) => [fetchedAt, isNew])).toEqual([
      ['2026-11-22T12:00:03.000Z', true],
    ]);
    expect(plan.refetched).toEqual([]);
  });

  it('is superseded by a later change in the batch', () => {
    const change = aSnapshot({ order: { ...order, updatedAt: LATER } });
    const plan = planWrites(storedAs(first), [again, change]);
    expect(plan.versions.map((version) => version.updatedAt)).toEqual([LATER]);
    expect(plan.refetched).toEqual([]);
  });
});

describe('several snapshots of one order in a batch', () => {
  const older = aSnapshot({ order: { orderNumber: 'A1', updatedAt: NOON } });
  const newer = aSnapshot({ order: { orderNumber: 'A1', updatedAt: LATER } });

  it('leave the newest, in whatever order they arrive', () => {
    const upwards = planWrites(new Map(), [older, newer]);
    const downwards = planWrites(new Map(), [newer, older]);
    expect(upwards.results.map((result) => result.outcome)).toEqual(['synced', 'synced']);
    expect(downwards.results.map((result) => result.outcome)).toEqual(['synced', 'stale']);
    expect(upwards.versions.map((version) => version.updatedAt)).toEqual([LATER]);
    expect(downwards.versions).toEqual(upwards.versions);
  });

  it('create one row, and never update a missing one', () => {
    expect(planWrites(new Map(), [older, newer]).versions.map((version) => version.isNew)).toEqual([true]);
    expect(planWrites(stored(), [newer]).versions.map((version) => version.isNew)).toEqual([false]);
  });
});

it('sorts the rows by order number, so that two daemons lock them in the same order', () => {
  const snapshots = ['b', 'a10', 'a9', 'B'].map((orderNumber) => aSnapshot({ order: { orderNumber } }));
  const { results, versions } = planWrites(new Map(), snapshots);
  expect(versions.map(({ order }) => order.orderNumber)).toEqual(['B', 'a10', 'a9', 'b']);
  expect(results).toHaveLength(4);
});

describe('a cancellation', () => {
  const cancelled = { order: { status: 'cancelled' as const, updatedAt: LATER } };

  it('of an order that staff are picking is a conflict', () => {
    expect(outcome({ fulfilmentStatus: 'picking' }, cancelled)).toEqual({ outcome: 'synced', conflict: ['cancelled'] });
  });

  it.each(['new', 'cancelled'])('of an order whose fulfilment is %s is no conflict', (fulfilmentStatus) => {
    expect(outcome({ fulfilmentStatus }, cancelled)).toEqual({ outcome: 'synced', conflict: false });
  });

  it('raises its conflict once', () => {
    const known = { fulfilmentStatus: 'picking', status: 'cancelled' as const, conflicts: ['cancelled'] as const };
    expect(outcome(known, cancelled)).toEqual({ outcome: 'synced', conflict: false });
    const [version] = planWrites(stored(known), [
      aSnapshot({ ...cancelled, order: { orderNumber: 'A1', ...cancelled.order } }),
    ]).versions;
    expect(version?.conflicts).toEqual(['cancelled']);
  });

  it('that staff have resolved is not raised again by another change to the cancelled order', () => {
    const resolved = { fulfilmentStatus: 'picking', status: 'cancelled' as const };
    expect(outcome(resolved, cancelled)).toEqual({ outcome: 'synced', conflict: false });
  });
});

describe('the document', () => {
  it('replaces what databases cannot store, in every text and name, and nothing else', () => {
    const order = { buyerNote: 'a\0b\ud800c🍵\\u0000', extra: { 'no\0te': '\udfff' } };
    const [version] = planWrites(new Map(), [aSnapshot({ order })]).versions;
    expect(JSON.parse(version?.document ?? '')).toMatchObject({
      buyerNote: 'a\uFFFDb\uFFFDc🍵\\u0000',
      extra: { 'no\uFFFDte': '\uFFFD' },
    });
  });
});
