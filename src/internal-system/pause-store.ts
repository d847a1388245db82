/** A person has stopped all daemons of this shop from taking orders. Instants are UTC text, by the internal system's clock. */
export interface Pause {
  readonly since: string;
  /** Who paused it, as they call themselves. */
  readonly by: string;
  readonly reason: string | null;
  /** When it ends by itself; null: when somebody resumes. */
  readonly until: string | null;
}

/** A pause, over or not. */
export interface LastPause extends Pause {
  /** How long it lasts or lasted, in ms, by the internal system's clock. */
  readonly lastsMs: number;
  /** Null while it lasts. */
  readonly ended: { readonly at: string; readonly by: EndedBy } | null;
}

/** Who resumed; null: its time was up. */
export type EndedBy = string | null;

export interface WantedPause {
  readonly by: string;
  readonly reason: string | null;
  /** Undefined: until somebody resumes. */
  readonly forMs?: number | undefined;
}

/** The pauses of this shop: kept where all daemons see them, whoever asked for them and from wherever. All methods throw SyncError. */
export interface PauseStore {
  /** The last pause; undefined if there never was one. Asked for every second by every daemon. */
  last(): Promise<LastPause | undefined>;

  /** Begins a pause. One that lasts already goes on, with a new end, and in the words of whoever changed it. */
  pause(wanted: WantedPause): Promise<Pause>;

  /** @returns the pause that this has ended; undefined if there was none */
  resume(by: string): Promise<Pause | undefined>;
}
