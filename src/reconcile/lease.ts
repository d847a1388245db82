import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { SyncError } from '../errors.ts';
import type { ReconciliationStore, WalkKind, WalkState } from '../internal-system/reconciliation-store.ts';

/** A daemon that died keeps others from walking for this long. */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 15_000;

/** What a walk finds and leaves in the internal system. */
export interface WalkRecord extends AsyncDisposable {
  /** As it was before this walk. */
  readonly state: WalkState;
  /** When this walk began, by the internal system's clock. */
  readonly now: string;
  /** Aborted when someone else has taken over. */
  readonly signal: AbortSignal;
  /** @throws SyncError `interrupted` when someone else has taken over */
  save(changes: Partial<WalkState>): Promise<void>;
}

/**
 * The right to do a walk, which one daemon at a time has. It is renewed while the walk goes on and ends by itself when its
 * holder is gone. A holder who was merely held up learns by `signal` that another one took over, and can't write any more.
 */
export class Lease implements WalkRecord {
  readonly state: WalkState;
  readonly now: string;
  readonly #store: ReconciliationStore;
  readonly #walk: WalkKind;
  readonly #holder: string;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;

  private constructor(
    store: ReconciliationStore,
    walk: WalkKind,
    holder: string,
    taken: { state: WalkState; now: string },
  ) {
    this.#store = store;
    this.#walk = walk;
    this.#holder = holder;
    this.state = taken.state;
    this.now = taken.now;
    // A renewal that fails is made up for by the next one, or by the walk's own saving.
    this.#timer = setInterval(() => void this.save({}).catch(() => undefined), RENEW_EVERY_MS);
  }

  /** @returns undefined when someone else walks @throws SyncError */
  static async take(store: ReconciliationStore, walk: WalkKind): Promise<Lease | undefined> {
    const holder = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
    const taken = await store.takeLease(walk, holder, LEASE_MS);
    return taken === undefined ? undefined : new Lease(store, walk, holder, taken);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async save(changes: Partial<WalkState>): Promise<void> {
    if (await this.#store.saveWalk(this.#walk, this.#holder, LEASE_MS, changes)) return;
    const error = new SyncError('interrupted', 'Another daemon has taken over the walk.');
    this.#lost.abort(error);
    throw error;
  }

  /** If it can't be released now, it ends by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#store.releaseLease(this.#walk, this.#holder).catch(() => undefined);
  }
}

/** For a walk that only looks: it takes no lease and leaves nothing. */
export async function readOnlyRecord(store: ReconciliationStore, walk: WalkKind): Promise<WalkRecord> {
  return {
    state: await store.readWalk(walk),
    now: new Date().toISOString(),
    signal: new AbortController().signal,
    save: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
