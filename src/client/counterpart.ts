import type { FailureReason } from '../errors.ts';

/** Who is asked: what messages call it, and what order-sync does about each way in which a request can fail. */
export interface Counterpart {
  /** As it reads in a sentence: "the shop". */
  readonly name: string;
  /** The settings that hold the credentials, for messages. */
  readonly credentials: string;
  /** What the credentials must allow: "read orders". */
  readonly right: string;
  /** The settings that hold its address, for messages. */
  readonly address: string;
  readonly reasons: Readonly<Record<RequestFailure, FailureReason>>;
}

/**
 * - `unreachable`: no connection, so no request was sent
 * - `refused`: 401, 403, or a login that failed
 * - `busy`: 429, or 503 that says how long
 * - `timeout`: no complete reply in time
 * - `badReply`: a reply that is cut off, too large, or not what it should be
 * - `error`: every other status
 */
export type RequestFailure = 'unreachable' | 'refused' | 'busy' | 'timeout' | 'badReply' | 'error';

/** Its name at the beginning of a sentence. */
export function nameAtStart({ name }: Counterpart): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
