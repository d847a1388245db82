import { backoffMs } from '../async/backoff.ts';
import type { SyncError } from '../errors.ts';

/**
 * How long to wait before the next request, in ms, as far as the error says. A limit is kept to exactly. The end of a
 * maintenance is a guess, and mostly a bad one (WordPress says 600 s at each update, which takes five), so it is the most: the
 * shop is asked earlier, after a few seconds, and then less and less often.
 *
 * @param refusals so far, 1 or more
 */
export function askedWaitMs(
  error: Pick<SyncError, 'retryAfterMs' | 'mayEndSooner'>,
  refusals: number,
): number | undefined {
  const { retryAfterMs, mayEndSooner } = error;
  if (retryAfterMs === undefined || !mayEndSooner) return retryAfterMs;
  return Math.min(retryAfterMs, backoffMs(refusals - 1, EARLIER));
}

const EARLIER = { minMs: 5_000, maxMs: 30_000 };
