import { expect, test } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { retryTransient } from '../../src/shop/retry-transient.ts';

test('a page of a list that is under maintenance for "ten minutes" is asked for again after a few seconds', async () => {
  const failures = [new SyncError('shop_rate_limited', 'HTTP 503', { retryAfterMs: 600_000, mayEndSooner: true })];
  const request = async () => {
    const failure = failures.pop();
    if (failure !== undefined) throw failure;
    return 'the page';
  };
  expect(await retryTransient(AbortSignal.timeout(20_000), request)).toBe('the page');
}, 30_000);

test('a page that the shop refuses for good is asked for once', async () => {
  let requests = 0;
  const refused = new SyncError('shop_refused_credentials', 'HTTP 401');
  const request = async () => {
    requests += 1;
    throw refused;
  };
  await expect(retryTransient(AbortSignal.timeout(20_000), request)).rejects.toBe(refused);
  expect(requests).toBe(1);
});
