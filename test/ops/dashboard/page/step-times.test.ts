import { describe, expect, test } from 'vitest';
import { stepTimes } from '../../../../src/ops/dashboard/page/components/order/step-times.js';

const at = (second: number) => `2026-11-22T08:00:0${second}.000Z`;

describe('no step of an order shows a time before the one above it', () => {
  const TIMES = [1, 2, 3, 4].map(at);
  const all = TIMES.flatMap((receivedAt) =>
    [null, ...TIMES].flatMap((fetchedAt) =>
      [null, ...TIMES].flatMap((syncedAt) =>
        [null, ...TIMES].map((ackedAt) => ({ receivedAt, fetchedAt, syncedAt, ackedAt })),
      ),
    ),
  );

  test('whatever the ledger and this daemon know', () => {
    expect(all).toHaveLength(500);
    for (const order of all) {
      const steps = stepTimes(order);
      const shown = [steps.receivedAt, steps.fetchedAt, steps.syncedAt, steps.ackedAt].filter((time) => time !== null);
      expect(shown).toEqual(shown.toSorted());
    }
  });

  test('a usual order shows all of them', () => {
    const order = { receivedAt: at(1), fetchedAt: at(2), syncedAt: at(3), ackedAt: at(4) };
    expect(stepTimes(order)).toEqual(order);
  });

  test('what another daemon wrote later than this one acknowledged, was acknowledged by the other', () => {
    const order = { receivedAt: at(3), fetchedAt: at(3), syncedAt: at(4), ackedAt: at(2) };
    expect(stepTimes(order)).toEqual({ ...order, ackedAt: null });
  });

  test('an event that failed shows nothing of the one before', () => {
    const order = { receivedAt: at(3), fetchedAt: at(1), syncedAt: at(2), ackedAt: at(4) };
    expect(stepTimes(order)).toEqual({ ...order, fetchedAt: null, syncedAt: null });
  });
});
