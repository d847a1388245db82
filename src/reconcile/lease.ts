import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { SyncError } from '../errors.ts';
import type { ReconciliationStore, ScanKind, ScanState } from '../internal-system/reconciliation-store.ts';

/** A daemon that died keeps others from scanning for this long. */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 15_000;

/** What a scan finds and leaves in the internal system. */
export interface ScanRecord extends AsyncDisposable {
  /** As it was before this scan. */
  readonly state: ScanState;
  /** When this scan began, by the internal system's clock. */
  readonly now: string;
  /** Aborted when someone else has taken over. */
  readonly signal: AbortSignal;
  /** @throws SyncError `interrupted` when someone else has taken over */
  save(changes: Partial<ScanState>): Promise<void>;
}

/**
 * The right to do a scan, which one daemon at a time has. It is renewed while the scan goes on and ends by itself when its
 * holder is gone. A holder who was merely held up learns by `signal` that another one took over, and can't write any more.
 */
export class Lease implements ScanRecord {
  readonly state: ScanState;
  readonly now: string;
  readonly #store: ReconciliationStore;
  readonly #scan: ScanKind;
  readonly #holder: string;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;

  private constructor(
    store: ReconciliationStore,
    scan: ScanKind,
    holder: string,
    taken: { state: ScanState; now: string },
  ) {
    this.#store = store;
    this.#scan = scan;
    this.#holder = holder;
    this.state = taken.state;
    this.now = taken.now;
    // A renewal that fails is made up for by the next one, or by the scan's own saving.
    this.#timer = setInterval(() => void this.save({}).catch(() => undefined), RENEW_EVERY_MS);
  }

  /** @returns undefined when someone else scans @throws SyncError */
  static async take(store: ReconciliationStore, scan: ScanKind): Promise<Lease | undefined> {
    const holder = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
    const taken = await store.takeLease(scan, holder, LEASE_MS);
    return taken === undefined ? undefined : new Lease(store, scan, holder, taken);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async save(changes: Partial<ScanState>): Promise<void> {
    if (await this.#store.saveScan(this.#scan, this.#holder, LEASE_MS, changes)) return;
    const error = new SyncError('interrupted', 'Another daemon has taken over the scan.');
    this.#lost.abort(error);
    throw error;
  }

  /** If it can't be released now, it ends by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#store.releaseLease(this.#scan, this.#holder).catch(() => undefined);
  }
}

/** For a scan that only looks: it takes no lease and leaves nothing. */
export async function readOnlyRecord(store: ReconciliationStore, scan: ScanKind): Promise<ScanRecord> {
  return {
    state: await store.readScan(scan),
    now: new Date().toISOString(),
    signal: new AbortController().signal,
    save: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
