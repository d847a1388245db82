import type { IncidentFacts, IncidentKind, TroubleFacts, TroubleKind } from '../watch/happening.ts';

/** What people read: a title on one line, and what it means and what to do. */
export interface Told {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Of a trouble that goes on. */
export interface Lasting {
  /** So far, in ms. */
  readonly forMs: number;
  /** Events that wait in the queue; null if nobody can tell. */
  readonly waiting: number | null;
}

/** Of a trouble that is over. */
export interface Over {
  readonly lastedMs: number;
  /** The most events that waited meanwhile; null if none did, or nobody can tell. */
  readonly waited: number | null;
}

export interface TroubleWords<Facts> {
  readonly began: (facts: Facts, lasting: Lasting) => Told;
  /** Absent if nobody needs to hear that it is over. */
  readonly ended?: (facts: Facts, over: Over) => Told;
}

/** All that is told, in one language. */
export interface Words {
  readonly troubles: { readonly [K in TroubleKind]: TroubleWords<TroubleFacts[K]> };
  readonly incidents: { readonly [K in IncidentKind]: (facts: IncidentFacts[K]) => Told };
  /** Which of several daemons says so. */
  readonly daemon: (host: string) => string;
}
