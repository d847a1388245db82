import { SyncError } from '../errors.ts';
import { decodeOrderEvent, type EventType } from '../messages/order-event.ts';
import type { DeadLetter } from './dead-letters.ts';

/** The reason of a dead letter that another program put there. */
export const UNKNOWN_REASON = 'unknown';

/** What a dead letter says, without its content. Times are UTC instants. */
export interface DeadLetterSummary {
  readonly id: string;
  /** The order's name in the event; null when the event names none. */
  readonly order: string | null;
  readonly event: EventType | null;
  readonly reason: string;
  readonly error: string | null;
  readonly attempts: number | null;
  readonly firstFailedAt: string | null;
  readonly lastFailedAt: string | null;
}

export function summarize(deadLetter: DeadLetter): DeadLetterSummary {
  const event = decoded(deadLetter.delivery.content);
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

function decoded(content: Buffer): ReturnType<typeof decodeOrderEvent> | undefined {
  try {
    return decodeOrderEvent(content);
  } catch (error) {
    if (error instanceof SyncError) return undefined;
    throw error;
  }
}
