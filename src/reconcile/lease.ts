import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { SyncError } from '../errors.ts';
import type { LeaseName, ReconciliationStore, ScanState } from '../internal-system/reconciliation-store.ts';

/** A daemon that dies blocks the others' scans for at most this long. */
const LEASE_MS = 60_000;

/** A scan's state in the internal system. */
export interface ScanRecord extends AsyncDisposable {
  /** As it was before this scan. */
  readonly state: ScanState;
  /** When this scan began, by the internal system's clock. */
  readonly now: string;
  /** Aborted when another daemon has taken over. */
  readonly signal: AbortSignal;
  /** @throws SyncError `interrupted` if another daemon has taken over */
  save(changes: Partial<ScanState>): Promise<void>;
}

/**
 * The right to scan, which one daemon holds at a time. It is renewed while the scan runs, and expires if its holder dies. A
 * holder that was merely delayed learns through `signal` that another daemon has taken over, and can no longer save.
 */
export class Lease implements ScanRecord {
  readonly state: ScanState;
  readonly now: string;
  readonly #store: ReconciliationStore;
  readonly #scan: LeaseName;
  readonly #holder: string;
  readonly #leaseMs: number;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;

  private constructor(
    store: ReconciliationStore,
    scan: LeaseName,
    [holder, leaseMs]: readonly [string, number],
    taken: { state: ScanState; now: string },
  ) {
    this.#store = store;
    this.#scan = scan;
    this.#holder = holder;
    this.#leaseMs = leaseMs;
    this.state = taken.state;
    this.now = taken.now;
    // If a renewal fails, the next one or the scan's own `save` makes up for it.
    this.#timer = setInterval(() => void this.save({}).catch(() => undefined), leaseMs / 4);
  }

  /** @returns undefined if another daemon is scanning @throws SyncError */
  static async take(store: ReconciliationStore, scan: LeaseName, leaseMs = LEASE_MS): Promise<Lease | undefined> {
    const holder = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
    const taken = await store.takeLease(scan, holder, leaseMs);
    return taken === undefined ? undefined : new Lease(store, scan, [holder, leaseMs], taken);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async save(changes: Partial<ScanState>): Promise<void> {
    if (await this.#store.saveScan(this.#scan, this.#holder, this.#leaseMs, changes)) return;
    const error = new SyncError('interrupted', 'Another daemon has taken over the scan.');
    this.#lost.abort(error);
    throw error;
  }

  /** If the lease can't be released, it expires. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#store.releaseLease(this.#scan, this.#holder).catch(() => undefined);
  }
}

/** For a dry run: takes no lease and saves nothing. */
export async function readOnlyRecord(store: ReconciliationStore, scan: LeaseName): Promise<ScanRecord> {
  return {
    state: await store.readScan(scan),
    now: new Date().toISOString(),
    signal: new AbortController().signal,
    save: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
