import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { LeaseName, ReconciliationStore, ScanState } from './reconciliation-store.ts';

/** A daemon that dies holds the others up for at most this long. */
const LEASE_MS = 30_000;
const RENEW_AFTER_MS = LEASE_MS / 2;
/** While another daemon has it. */
const ASK_AGAIN_MS = 5_000;

/**
 * Work that one daemon at a time does, again and again, by a lease in the internal system. Whoever works for longer than half a
 * lease at a time asks again in between; work that two daemons do at once after all must do no harm.
 */
export class Turn {
  readonly #store: ReconciliationStore;
  readonly #name: LeaseName;
  readonly #holder = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  #state: ScanState | undefined;
  /** By this process's own clock, which is never set. */
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(store: ReconciliationStore, name: LeaseName) {
    this.#store = store;
    this.#name = name;
  }

  /** @returns what was saved last, if it is this daemon's turn @throws SyncError */
  async take(): Promise<ScanState | undefined> {
    const sinceAsked = performance.now() - this.#askedAt;
    if (sinceAsked < (this.#state === undefined ? ASK_AGAIN_MS : RENEW_AFTER_MS)) return this.#state;
    this.#askedAt = performance.now();
    this.#state = undefined;
    this.#state = (await this.#store.takeLease(this.#name, this.#holder, LEASE_MS))?.state;
    return this.#state;
  }

  /** @returns false if another daemon has taken over @throws SyncError */
  async save(changes: Partial<ScanState>): Promise<boolean> {
    const isMine = await this.#store.saveScan(this.#name, this.#holder, LEASE_MS, changes);
    this.#state = isMine && this.#state !== undefined ? { ...this.#state, ...changes } : undefined;
    return isMine;
  }

  /** Never rejects: a lease that can't be released expires. */
  async end(): Promise<void> {
    if (this.#state === undefined) return;
    this.#state = undefined;
    await this.#store.releaseLease(this.#name, this.#holder).catch(() => undefined);
  }
}
