/** What became of a request. */
export const WEBHOOK_RESULTS = [
  /** In the broker's queue. */
  'published',
  /** On disk, until the broker is back. */
  'spooled',
  /** Genuine, but it names no order: the shop's changes are scanned. */
  'unnamed',
  /** Genuine, and about something that is no order. */
  'other',
  /** The shop tried out the address. */
  'ping',
  /** The signature or the token is wrong or missing. */
  'forged',
  /** Not found, too large, or broken off. */
  'refused',
  /** Genuine, but neither broker nor disk took it: the shop got 503. */
  'failed',
] as const;
export type WebhookResult = (typeof WEBHOOK_RESULTS)[number];
