/**
 * What everybody involved has to say after a case: the checker compares these, and nothing else. An order's content is
 * compared as canonical text (`canonicalText`), times are ms since the epoch.
 */
export interface Records {
  /** What the publisher knows. */
  readonly events: readonly EventRecord[];
  /** What the shop had: each order's versions, oldest first. */
  readonly versions: ReadonlyMap<string, readonly VersionRecord[]>;
  /** What the shop served, reply by reply. */
  readonly served: readonly ServedRecord[];
  readonly internal: InternalRecords;
  readonly deadLetters: readonly DeadLetterRecord[];
  /** What was seen on the wire between daemon and broker. */
  readonly wire: WireRecords;
  readonly daemons: readonly DaemonRecord[];
  /** Messages left in the queues that should be empty. */
  readonly left: Readonly<Record<string, number>>;
  readonly times: Times;
  readonly limits: Limits;
  /** Texts that must appear nowhere. */
  readonly secrets: readonly string[];
}

/**
 * How an event should end:
 *
 * - `sync`: its order is stored as the shop had it when the event was published, or newer
 * - `late`: the same, although the shop answers the first request with 404
 * - `unknown`: a dead letter `order_not_found`, after all retries
 * - `malformed`: a dead letter `malformed_event`, at once
 */
export type Fate = 'sync' | 'late' | 'unknown' | 'malformed';

export interface EventRecord {
  readonly id: string;
  readonly orderNumber: string | undefined;
  readonly fate: Fate;
  /** The order's version in the shop when the event was published, an index into its versions. */
  readonly version: number;
  /** The version it announces: what a shop must at least have shown, even one that sometimes answers with older ones. */
  readonly announces: number;
  /** `unknown`: the confirm never came, so it may or may not arrive. */
  readonly result: 'confirmed' | 'refused' | 'unknown';
  /** How often it was sent to get there. */
  readonly tries: number;
}

export interface VersionRecord {
  readonly content: string;
  readonly updatedAt: string;
}

export interface ServedRecord {
  /** What was asked for. */
  readonly references: readonly string[];
  readonly orderNumber: string;
  readonly shopOrderId: string;
  readonly content: string;
}

export interface InternalRecords {
  readonly rows: readonly RowRecord[];
  /** Each insert and each change of content, oldest first, noted by a trigger of the database's own. */
  readonly effects: readonly EffectRecord[];
  readonly ledger: readonly { readonly reference: string; readonly state: string; readonly attempts: number }[];
}

export interface RowRecord {
  readonly orderNumber: string;
  readonly status: string;
  readonly content: string;
  readonly lines: number;
  readonly linesInContent: number;
}

export interface EffectRecord {
  readonly orderNumber: string;
  readonly content: string;
  readonly isInsert: boolean;
}

export interface DeadLetterRecord {
  readonly messageId: string | undefined;
  readonly reason: string | undefined;
}

export interface WireRecords {
  readonly deliveries: number;
  readonly redeliveries: number;
  /** Acks that the daemons sent. */
  readonly acks: readonly AckRecord[];
  /** The most unsettled deliveries of one channel at a time. */
  readonly maxUnacked: number;
  /** Deliveries that were no redeliveries. */
  readonly arrivals: readonly { readonly messageId: string | undefined; readonly at: number }[];
  /** Messages sent to a wait queue, and when each may come back at the earliest. */
  readonly waits: readonly {
    readonly messageId: string | undefined;
    readonly sentAt: number;
    readonly dueAt: number;
  }[];
}

/** What another database connection saw while the ack was held back on its way to the broker. */
export interface AckRecord {
  readonly messageId: string | undefined;
  /** The order's stored content; undefined: no row; `unavailable`: the database did not answer. */
  readonly stored: string | undefined;
  /** Retries and dead letters of this message that the broker had confirmed, and not returned, since the delivery. */
  readonly confirmedCopies: number;
  /** The ack is no daemon's: a command replayed the dead letter. */
  readonly isReplay: boolean;
}

export interface DaemonRecord {
  readonly name: string;
  /** Its standard output, line by line. */
  readonly output: readonly string[];
  readonly stderr: string;
  readonly commandLine: string;
  /** Exit status or signal; undefined when it was still running. */
  readonly exit: number | NodeJS.Signals | undefined;
  readonly expectedExit: number | NodeJS.Signals | undefined;
  /** The exposition text just before it was asked to stop; undefined when it could not be asked. */
  readonly metrics: string | undefined;
  /** Open file descriptors, when it was ready and when all was quiet. */
  readonly descriptors: { readonly before: number; readonly after: number } | undefined;
}

export interface Times {
  /** From the heal to the first settled delivery; 0 when nothing was waiting, undefined when none followed. */
  readonly recoveryMs: number | undefined;
  /** Longest time with messages ready, everybody healthy, and nothing settled. */
  readonly longestStallMs: number;
  readonly isQuiet: boolean;
}

export interface Limits {
  readonly prefetch: number;
  /** Attempts, the first included. */
  readonly attempts: number;
  readonly recoveryMs: number;
  readonly stallMs: number;
  /** How many descriptors more than before are no leak: kept connections. */
  readonly descriptors: number;
  /** Reasons for which events that should be synced may be dead letters. */
  readonly deadLetterReasons: readonly string[];
  /** True when the shop is played to answer with older versions: then an event is good for what it announces, no more. */
  readonly shopLags: boolean;
  /** False in an outage: then no attempt may be counted. */
  readonly countsAttempts: boolean;
}

export const UNAVAILABLE = 'unavailable';

/** JSON with its keys sorted: PostgreSQL's jsonb keeps no order. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
