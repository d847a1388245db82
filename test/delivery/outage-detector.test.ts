import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { OutageDetector, type SecondOpinion } from '../../src/delivery/outage-detector.ts';
import { SyncError } from '../../src/errors.ts';

const failed = new SyncError('shop_error', 'HTTP 500');
const refused = new SyncError('shop_refused_credentials', 'HTTP 403.', { remedy: 'Check SHOP_TOKEN.' });
const unknown = new SyncError('order_not_found', 'unknown');
const invalid = new SyncError('invalid_order', 'no currency');
const early = { isLastAttempt: false, firstFailedAt: new Date() };
const last = { isLastAttempt: true, firstFailedAt: new Date(Date.now() - 1000) };

/** Nobody knows whether the dependencies work for others, unless a test says so. */
function aDetector(shop: SecondOpinion = async () => undefined, system: SecondOpinion = async () => undefined) {
  return new OutageDetector({ shop, 'internal-system': system });
}

async function isOutage(detector: OutageDetector, error: SyncError, reference: string, suspect = early) {
  return (await detector.outageIn(error, { reference, ...suspect })) !== undefined;
}

/** The verdict on an order's last failure, with what the shop says of an order that it had before. */
function isOutageAtLast(error: SyncError, shopWorks: boolean | undefined): Promise<boolean> {
  return isOutage(
    aDetector(async () => shopWorks),
    error,
    'A',
    last,
  );
}

/** The verdicts on `count` failures of different orders. */
async function verdicts(detector: OutageDetector, error: SyncError, count: number): Promise<boolean[]> {
  const found: boolean[] = [];
  for (let index = 0; index < count; index += 1) found.push(await isOutage(detector, error, `N${index}`));
  return found;
}

test('a failure that says it is an outage is one at once', async () => {
  const detector = aDetector();
  expect(await isOutage(detector, new SyncError('shop_unreachable', 'refused'), 'A')).toBe(true);
  expect(await isOutage(detector, new SyncError('internal_system_unavailable', 'gone'), 'A')).toBe(true);
});

test('ten failures in a row of several orders are an outage; of one order they are not', async () => {
  expect(await verdicts(aDetector(), failed, 10)).toEqual([...Array(9).fill(false), true]);
  const lonely = aDetector();
  for (let count = 0; count < 30; count += 1) expect(await isOutage(lonely, failed, 'N1')).toBe(false);
});

test('a success in between starts the count again, and ends an outage', async () => {
  const detector = aDetector();
  await verdicts(detector, failed, 9);
  detector.recordSuccess('shop');
  expect(await isOutage(detector, failed, 'N10')).toBe(false);
  await isOutage(detector, new SyncError('shop_unreachable', 'refused'), 'A');
  expect(await isOutage(detector, failed, 'A')).toBe(true);
  detector.recordSuccess('shop');
  expect(await isOutage(detector, failed, 'A')).toBe(false);
});

test('the last attempt blames the order only if the shop has worked for another since its first failure', async () => {
  expect(await isOutage(aDetector(), failed, 'A', last)).toBe(true);
  const working = aDetector();
  working.recordSuccess('shop');
  expect(await isOutage(working, failed, 'A', last)).toBe(false);
  const other = aDetector();
  other.recordSuccess('internal-system');
  expect(await isOutage(other, failed, 'A', last)).toBe(true);
  expect(await isOutageAtLast(failed, false)).toBe(true);
  expect(await isOutageAtLast(failed, true)).toBe(false);
});

test('an order that fails as in an outage, while others get through in between, fails alone', async () => {
  const others = vi.fn(async () => true);
  const detector = aDetector(others);
  const step = vi.fn(() => Promise.reject(refused));
  const failure = await detector.watch('shop', step).catch((error: unknown) => error);
  expect(failure).toMatchObject({ reason: 'shop_refused_credentials', kind: 'transient', isOwn: true });
  expect(String(failure)).toMatch(/HTTP 403\. .* for this order alone/);
  expect(String(failure)).not.toContain('SHOP_TOKEN');
  expect(step.mock.calls).toEqual([[false], [true], [true], [true]]);
  expect(others).toHaveBeenCalledTimes(4);
  // Not even at its last attempt, and however many there are of its kind.
  const own = failure as SyncError;
  const last = { isLastAttempt: true, firstFailedAt: new Date() };
  for (let index = 0; index < 30; index += 1) expect(await isOutage(detector, own, `N${index}`, last)).toBe(false);
});

test('an order that is tried again in vain only until the others fail too fails in an outage', async () => {
  const answers = [true, true, false];
  const detector = aDetector(async () => answers.shift());
  await expect(detector.watch('shop', () => Promise.reject(refused))).rejects.toBe(refused);
  expect(answers).toEqual([]);
  expect(await isOutage(detector, refused, 'A')).toBe(true);
});

test('an order that fails as in an outage and then no more has not failed', async () => {
  const outcomes = [Promise.reject(refused), Promise.resolve('order')];
  const detector = aDetector(async () => true);
  expect(await detector.watch('shop', () => outcomes.shift() ?? Promise.reject(failed))).toBe('order');
});

test('nobody is asked about other failures, nor about those of the other dependency', async () => {
  const others = vi.fn(async () => true);
  const detector = aDetector(others, others);
  await expect(detector.watch('shop', () => Promise.reject(failed))).rejects.toBe(failed);
  await expect(detector.watch('internal-system', () => Promise.reject(refused))).rejects.toBe(refused);
  expect(others).not.toHaveBeenCalled();
});

test('many orders that fail at once share the look at another one', async () => {
  const others = vi.fn(async () => true);
  const detector = aDetector(others);
  await Promise.allSettled(Array.from({ length: 50 }, () => detector.watch('shop', () => Promise.reject(refused))));
  expect(others.mock.calls.length).toBeLessThanOrEqual(8);
});

test('many orders that only the internal system’s known ones outlive are an outage: new ones may all fail', async () => {
  const own = new SyncError('internal_system_unavailable', 'no such table').asOwn();
  const detector = aDetector(undefined, async () => true);
  expect(await verdicts(detector, own, 10)).toEqual([...Array(9).fill(false), true]);
  detector.recordSuccess('internal-system');
  expect(await isOutage(detector, own, 'A')).toBe(false);
});

test('invalid orders show that the shop works, however many', async () => {
  expect(await verdicts(aDetector(), invalid, 60)).not.toContain(true);
  expect(
    await verdicts(
      aDetector(async () => true),
      invalid,
      60,
    ),
  ).not.toContain(true);
  const detector = aDetector();
  await verdicts(detector, failed, 9);
  await isOutage(detector, invalid, 'A');
  expect(await isOutage(detector, failed, 'B')).toBe(false);
});

test('when an order that was valid is not valid any more either, the shop has changed for all', async () => {
  const detector = aDetector(async () => false);
  expect(await verdicts(detector, invalid, 10)).toEqual([...Array(9).fill(false), true]);
  expect(await detector.outageIn(invalid, { reference: 'A', ...early })).toMatchObject({
    reason: 'invalid_order',
    dependency: 'shop',
    message: expect.stringContaining('changed'),
  });
  detector.recordSuccess('shop');
  expect(await isOutage(detector, invalid, 'A')).toBe(false);
});

test.each([
  ['invalid', invalid],
  ['unknown', unknown],
])('what was fetched during such an outage is not %s for good when it ends', async (_, error) => {
  const answers = [false];
  const detector = aDetector(async () => answers.shift() ?? true);
  await verdicts(detector, error, 9);
  // The second one asks while the first one waits for its answer.
  const outage = detector.outageIn(error, { reference: 'A', ...early });
  await setImmediate();
  const next = detector.outageIn(error, { reference: 'B', ...early });
  expect(await outage).toMatchObject({ reason: error.reason, kind: 'outage' });
  expect(await next).toMatchObject({ reason: 'interrupted' });
});

test.each([
  ['invalid', invalid],
  ['unknown', unknown],
])('nor is it %s for good when the outage ends while this is asked', async (_, error) => {
  const answers = [false];
  const detector = aDetector(async () => answers.shift() ?? true);
  expect(await verdicts(detector, error, 10)).toContain(true);
  expect(await detector.outageIn(error, { reference: 'A', ...early })).toMatchObject({ reason: 'interrupted' });
  expect(await isOutage(detector, error, 'A')).toBe(false);
});

test.each([
  ['has none of the orders it had before', async () => false, true],
  ['never had an order', async () => undefined, true],
  ['still has another', async () => true, false],
])('a shop that does not know ten orders in a row and %s', async (_, others: SecondOpinion, isDown) => {
  const detector = aDetector(others);
  expect(await verdicts(detector, unknown, 10)).toEqual([...Array(9).fill(false), isDown]);
  expect(await verdicts(detector, unknown, 60)).toEqual(Array(60).fill(isDown));
  detector.recordSuccess('shop');
  expect(await isOutage(detector, unknown, 'A')).toBe(false);
});

test('a lone unknown order is given up, unless the shop has lost those that it had', async () => {
  expect(await isOutageAtLast(unknown, undefined)).toBe(false);
  expect(await isOutageAtLast(unknown, true)).toBe(false);
  expect(await isOutageAtLast(unknown, false)).toBe(true);
});

test('who is interrupted while asking cannot tell', async () => {
  const interrupted = new SyncError('interrupted', 'paused');
  const detector = aDetector(() => Promise.reject(interrupted));
  await expect(detector.watch('shop', () => Promise.reject(refused))).rejects.toBe(interrupted);
  for (let index = 0; index < 9; index += 1) await isOutage(detector, invalid, `N${index}`);
  expect(await detector.outageIn(invalid, { reference: 'A', ...early })).toBe(interrupted);
});
