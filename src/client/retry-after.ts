/** Longer waits are cut to this: a typo at the shop must not stop the orders for a day. */
export const MAX_RETRY_AFTER_MS = 5 * 60_000;

/**
 * The `Retry-After` of a reply in ms: seconds (Shopify sends decimals, `2.0`), or an HTTP date measured against the reply's
 * own `Date` (its clock may differ from ours), else against our clock. Never negative, at most five minutes; undefined when
 * absent or nonsense.
 */
export function retryAfterMs(
  retryAfter: string | undefined,
  date: string | undefined,
  now: number = Date.now(),
): number | undefined {
  const text = retryAfter?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return capped(Math.ceil(Number(text) * 1000));
  const until = parseHttpDate(text);
  return until === undefined ? undefined : capped(until - (parseHttpDate(date?.trim() ?? '') ?? now));
}

function capped(ms: number): number {
  return Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/** In ms since the epoch. An HTTP date starts with a weekday and ends in GMT; `Date.parse` alone accepts even "-5". */
export function parseHttpDate(text: string): number | undefined {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*, .* GMT$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
