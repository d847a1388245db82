import { z } from 'zod';

const text = z.string();
const count = z.number().nullable();

/** What a daemon says of itself. Other versions may say more or less: what is added here must be optional. Instants are UTC text. */
export const daemonReport = z.object({
  /** In a container, its id. */
  host: text,
  pid: z.number(),
  version: text,
  startedAt: text,
  queue: text,
  prefetch: z.number(),
  inFlight: z.number(),
  /** Messages ready in its queue; null while it can't be asked. */
  waiting: count,
  /** When it settled an order last; null: not since it started. */
  lastOrderAt: text.nullable(),
  /** How long the event of the last one that was synced at once had waited in the queue, in ms; null if its producer does not say. */
  lagMs: count,
  /** As the dashboard shows it; the state is one of its own, or that of a later version. */
  consumption: z.object({
    state: text,
    since: text,
    dependency: text.optional(),
    reason: text.optional(),
    said: text.optional(),
    pause: z.object({ by: text, until: text.nullable(), reason: text.nullable() }).optional(),
  }),
});

export type DaemonReport = Readonly<z.infer<typeof daemonReport>>;

/** A daemon that was heard from within a day, and has not said that it stops. */
export interface SeenDaemon {
  readonly shop: string;
  /** Another one with each start. */
  readonly id: string;
  /** When it was heard from last, by the internal system's clock, and how long ago that is, in ms. */
  readonly seenAt: string;
  readonly silentMs: number;
  readonly report: DaemonReport;
}

/** Where daemons say that they are there. All methods throw SyncError. */
export interface DaemonStore {
  /** This daemon is there, and does this. */
  beat(id: string, report: DaemonReport): Promise<void>;

  /** It stops. */
  leave(id: string): Promise<void>;

  /** Forgets those that have not been heard from for a day. */
  prune(): Promise<void>;

  /** The daemons of every shop in the same tables, by shop, host and start. */
  list(): Promise<readonly SeenDaemon[]>;
}

/** It has missed three beats. */
export const SILENT_AFTER_MS = 35_000;
