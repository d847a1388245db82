/**
 * What every party recorded during a case. The checker compares these and nothing else. An order's content is compared as
 * canonical text (`canonicalText`).
 */
export interface Records {
  /** By the publisher. */
  readonly events: readonly EventRecord[];
  /** By the shop: each order's versions, oldest first. */
  readonly versions: ReadonlyMap<string, readonly VersionRecord[]>;
  /** By the shop: what it served, reply by reply. */
  readonly served: readonly ServedRecord[];
  readonly internal: InternalRecords;
  readonly deadLetters: readonly DeadLetterRecord[];
  /** Seen on the wire between daemon and broker. */
  readonly wire: WireRecords;
  readonly daemons: readonly DaemonRecord[];
  /** Messages left in queues that should be empty. */
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
  /** The version it announces: a lagging shop may serve older ones than its newest, but this one it must have served. */
  readonly announces: number;
  /** `unknown`: no confirm arrived, so the event may or may not be in the queue. */
  readonly result: 'confirmed' | 'refused' | 'unknown';
  /** How often it was sent. */
  readonly tries: number;
}

export interface VersionRecord {
  readonly content: string;
  readonly updatedAt: string;
}

export interface ServedRecord {
  /** The orders requested. */
  readonly references: readonly string[];
  readonly orderNumber: string;
  readonly shopOrderId: string;
  readonly content: string;
}

export interface InternalRecords {
  readonly rows: readonly RowRecord[];
  /** Each insert and each change of content, oldest first, recorded by a database trigger. */
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
  /** Acks sent by the daemons. */
  readonly acks: readonly AckRecord[];
  /** The most unsettled deliveries on one channel at any time. */
  readonly maxUnacked: number;
  /** Deliveries other than redeliveries. */
  readonly arrivals: readonly { readonly messageId: string | undefined; readonly at: number }[];
  /** Messages sent to a retry queue, each with the earliest time of its next delivery. */
  readonly waits: readonly {
    readonly messageId: string | undefined;
    readonly sentAt: number;
    readonly dueAt: number;
  }[];
}

/** What another database connection saw while the proxy held the ack back. */
export interface AckRecord {
  readonly messageId: string | undefined;
  /** The order's stored content; undefined without a row, `unavailable` when the database did not answer. */
  readonly stored: string | undefined;
  /** Retries and dead letters of this message that the broker has confirmed and not returned since the delivery. */
  readonly confirmedCopies: number;
  /** True when a command sent the ack, having replayed the dead letter or put a copy of it back, and not a daemon. */
  readonly isReplay: boolean;
}

export interface DaemonRecord {
  readonly name: string;
  /** Its standard output, line by line. */
  readonly output: readonly string[];
  readonly stderr: string;
  readonly commandLine: string;
  /** Exit status or signal; undefined while it runs. */
  readonly exit: number | NodeJS.Signals | undefined;
  readonly expectedExit: number | NodeJS.Signals | undefined;
  /** The exposition text just before the stop; undefined when it did not answer. */
  readonly metrics: string | undefined;
  /** Open file descriptors, at the start and at the end. */
  readonly descriptors: { readonly before: number; readonly after: number } | undefined;
}

export interface Times {
  /** From the heal to the first write; 0 when nothing was waiting, undefined when none followed. */
  readonly recoveryMs: number | undefined;
  /** The longest time without a fault in which messages were ready and none was settled. */
  readonly longestStallMs: number;
  /** False when something was still unsettled at the time limit. */
  readonly isQuiet: boolean;
}

export interface Limits {
  readonly prefetch: number;
  /** Attempts, the first included. */
  readonly attempts: number;
  readonly recoveryMs: number;
  readonly stallMs: number;
  /** How many more descriptors are allowed, for connections kept open. */
  readonly descriptors: number;
  /** Reasons for which events with fate `sync` may become dead letters. */
  readonly deadLetterReasons: readonly string[];
  /** True when the shop sometimes serves older versions: then an event only guarantees the version it announces. */
  readonly shopLags: boolean;
  /** False when a fault may hit between a dead letter's confirm and the ack: then there are two for one event. */
  readonly deadLettersOnce: boolean;
  /** True when a lagging shop catches up before an event is given up: then the newest version must be stored in the end. */
  readonly shopCatchesUp: boolean;
  /** False when the fault is an outage, which must not count attempts. */
  readonly countsAttempts: boolean;
}

export const UNAVAILABLE = 'unavailable';

/** JSON with sorted keys, as PostgreSQL's jsonb does not keep their order. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
