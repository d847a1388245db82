import { eventOfOneOrder } from '../messages/decode/decode-event.ts';
import type { EventType } from '../messages/order-event.ts';
import type { DeadLetter } from './dead-letters.ts';

/** The reason of a dead letter that another program put there. */
export const UNKNOWN_REASON = 'unknown';

/** What a dead letter says, without its content. Times are UTC instants. */
export interface DeadLetterSummary {
  readonly id: string;
  /** The order's name in the event; null when the event names none, or several. */
  readonly order: string | null;
  readonly event: EventType | null;
  readonly reason: string;
  readonly error: string | null;
  readonly attempts: number | null;
  readonly firstFailedAt: string | null;
  readonly lastFailedAt: string | null;
}

export function summarize(deadLetter: DeadLetter): DeadLetterSummary {
  const event = eventOfOneOrder(deadLetter.delivery);
  return {
    id: deadLetter.id,
    order: event?.reference ?? null,
    event: event?.type ?? null,
    reason: deadLetter.reason ?? UNKNOWN_REASON,
    error: deadLetter.error ?? null,
    attempts: deadLetter.failures ?? null,
    firstFailedAt: deadLetter.firstFailedAt?.toISOString() ?? null,
    lastFailedAt: deadLetter.lastFailedAt?.toISOString() ?? null,
  };
}
