import { expect, test } from 'vitest';
import { OutageDetector, type Suspect } from '../../src/delivery/outage-detector.ts';
import { SyncError } from '../../src/errors.ts';

const failed = new SyncError('shop_error', 'HTTP 500');
const early = { isLastAttempt: false, firstFailedAt: new Date() };

/** Records the failure. @returns whether its dependency counts as down from then on */
function isOutage(detector: OutageDetector, error: SyncError, suspect: Suspect): boolean {
  detector.recordFailure(error, suspect);
  return detector.isDown(error.dependency);
}

test('a failure that says it is an outage is one at once', () => {
  const detector = new OutageDetector();
  expect(isOutage(detector, new SyncError('shop_unreachable', 'refused'), { reference: 'A', ...early })).toBe(true);
  expect(isOutage(detector, new SyncError('internal_system_unavailable', 'gone'), { reference: 'A', ...early })).toBe(
    true,
  );
});

test('ten failures in a row of several orders are an outage; of one order they are not', () => {
  const several = new OutageDetector();
  const verdicts = Array.from({ length: 10 }, (_, index) =>
    isOutage(several, failed, { reference: `N${index % 3}`, ...early }),
  );
  expect(verdicts).toEqual([...Array(9).fill(false), true]);
  const lonely = new OutageDetector();
  const same = Array.from({ length: 30 }, () => isOutage(lonely, failed, { reference: 'N1', ...early }));
  expect(same).not.toContain(true);
});

test('a success in between starts the count again, and ends an outage', () => {
  const detector = new OutageDetector();
  for (let index = 0; index < 9; index += 1) isOutage(detector, failed, { reference: `N${index}`, ...early });
  detector.recordSuccess('shop');
  expect(isOutage(detector, failed, { reference: 'N10', ...early })).toBe(false);
  isOutage(detector, new SyncError('shop_unreachable', 'refused'), { reference: 'A', ...early });
  expect(isOutage(detector, failed, { reference: 'A', ...early })).toBe(true);
  detector.recordSuccess('shop');
  expect(isOutage(detector, failed, { reference: 'A', ...early })).toBe(false);
});

test('the last attempt blames the order only if the shop has worked for another since its first failure', () => {
  const firstFailedAt = new Date(Date.now() - 1000);
  const last = { reference: 'A', isLastAttempt: true, firstFailedAt };
  const silent = new OutageDetector();
  expect(isOutage(silent, failed, last)).toBe(true);
  const working = new OutageDetector();
  working.recordSuccess('shop');
  expect(isOutage(working, failed, last)).toBe(false);
  const other = new OutageDetector();
  other.recordSuccess('internal-system');
  expect(isOutage(other, failed, last)).toBe(true);
});

test('what is the order’s own is no outage: an unknown order never, an invalid one only in large numbers', () => {
  const detector = new OutageDetector();
  const unknown = new SyncError('order_not_found', 'unknown');
  const invalid = new SyncError('invalid_order', 'no currency');
  const verdicts = Array.from({ length: 30 }, (_, index) =>
    isOutage(detector, unknown, { reference: `N${index}`, isLastAttempt: true, firstFailedAt: new Date() }),
  );
  expect(verdicts).not.toContain(true);
  expect(isOutage(detector, invalid, { reference: 'A', isLastAttempt: true, firstFailedAt: new Date() })).toBe(false);
  for (let index = 0; index < 9; index += 1) isOutage(detector, invalid, { reference: `N${index}`, ...early });
  expect(isOutage(detector, invalid, { reference: 'B', ...early })).toBe(true);
});

test('asking changes nothing, however often', () => {
  const detector = new OutageDetector();
  for (let index = 0; index < 9; index += 1) detector.recordFailure(failed, { reference: `N${index}`, ...early });
  for (let index = 0; index < 9; index += 1) expect(detector.isDown('shop')).toBe(false);
  detector.recordFailure(failed, { reference: 'N9', ...early });
  expect(detector.isDown('shop')).toBe(true);
  expect(detector.isDown('internal-system')).toBe(false);
  expect(detector.isDown(undefined)).toBe(false);
});
