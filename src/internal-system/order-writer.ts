import { Batcher } from '../async/batcher.ts';
import type { Load, Settle } from '../async/batcher-options.ts';
import { asSyncError, SyncError } from '../errors.ts';
import { inBatchSpan } from '../spans.ts';
import { boundedCall } from './bounded-call.ts';
import { type Conflict, NO_CONFLICTS } from './conflicts.ts';
import type { InternalSystem, Snapshot, WriteResult, WrittenResult } from './internal-system.ts';
import type { LedgerFailure } from './ledger.ts';

/**
 * Writes orders with group commit: orders that are ready together share one call, as far as the internal system takes
 * several; a lone one is written at once. An order that can't be written fails alone.
 */
export class OrderWriter {
  readonly #internalSystem: InternalSystem;
  readonly #timeoutMs: number;
  readonly #snapshots: Batcher<Snapshot, WrittenResult>;
  readonly #failures: Batcher<LedgerFailure, readonly Conflict[]>;
  readonly #abandoned = new AbortController();
  /** Of the calls that have not ended although they were told to, long ago. */
  readonly #overdue = { writes: new Set<SyncError>(), records: new Set<SyncError>() };
  #lastWritten: Snapshot | undefined;

  constructor(internalSystem: InternalSystem) {
    const { maxBatch = 1, maxWrites = 1, minBatchBeside, writeTimeoutMs = WRITE_TIMEOUT_MS } = internalSystem;
    const batches = { maxBatch, ...takenApart(maxBatch) };
    this.#internalSystem = internalSystem;
    this.#timeoutMs = writeTimeoutMs;
    this.#snapshots = new Batcher({
      run: (batch, settle) => this.#writeBatch(batch, settle),
      slots: maxWrites,
      context: inBatchSpan('write batch'),
      ...(minBatchBeside === undefined ? {} : { minBatchBeside }),
      ...batches,
    });
    this.#failures = new Batcher({ run: (batch, settle) => this.#recordBatch(batch, settle), slots: 1, ...batches });
  }

  get load(): Load {
    return this.#snapshots.load;
  }

  /** Resolves after the commit. @param isAlone at once and in a transaction of its own @throws SyncError */
  write(snapshot: Snapshot, isAlone = false): Promise<WrittenResult> {
    return this.#snapshots.add(snapshot, isAlone);
  }

  /** Records in the ledger that a delivery failed. @returns the conflicts that it brings @throws SyncError */
  recordFailure(failure: LedgerFailure, isAlone = false): Promise<readonly Conflict[]> {
    // Writing it once more would now make the ledger say that it is synced.
    if (this.#lastWritten !== undefined && isOf(this.#lastWritten, failure)) this.#lastWritten = undefined;
    const [overdue] = this.#overdue.records;
    return overdue === undefined ? this.#failures.add(failure, isAlone) : Promise.reject(overdue);
  }

  /**
   * Whether an order can be written right now: the last one that was, once more, which changes nothing. Not while no call ends.
   * Undefined before the first order, and once that one is no longer there.
   *
   * @throws SyncError `interrupted`
   */
  async works(): Promise<boolean | undefined> {
    if (this.#overdue.writes.size === this.load.slots) return false;
    if (this.#lastWritten === undefined) return undefined;
    const again = { ...this.#lastWritten, again: true };
    const result = await this.write(again, true).catch(asSyncError);
    if (result instanceof SyncError) {
      if (result.reason === 'interrupted') throw result;
      return false;
    }
    if (result.outcome !== 'stale' || result.stored !== undefined) return true;
    if (this.#lastWritten === again) this.#lastWritten = undefined;
    return undefined;
  }

  /** Rejects the orders whose transaction has not begun; later ones are not affected. */
  cancelWaiting(error: SyncError): void {
    this.#snapshots.cancelWaiting(error);
  }

  /** Cancels whatever has not begun, tells what has to end, and refuses anything new. */
  close(error: SyncError): void {
    this.#snapshots.close(error);
    this.#failures.close(error);
    this.#abandoned.abort(error);
  }

  async #writeBatch(
    batch: readonly Snapshot[],
    settle: Settle<WrittenResult>,
  ): Promise<readonly (WrittenResult | SyncError)[]> {
    const note = (index: number, result: WriteResult) => {
      if (settle(index, outcomeOf(result)) && result.outcome !== 'refused') this.#lastWritten = batch[index];
    };
    const results = await this.#inTime(this.#overdue.writes, batch, settle, (signal, onProgress) =>
      this.#internalSystem.writeOrders(batch, {
        signal,
        report: (index, result) => {
          onProgress();
          note(index, result);
        },
      }),
    );
    for (const [index, result] of results.entries()) note(index, result);
    return results.map(outcomeOf);
  }

  async #recordBatch(
    batch: readonly LedgerFailure[],
    settle: Settle<readonly Conflict[]>,
  ): Promise<readonly (readonly Conflict[])[]> {
    const conflicts = await this.#inTime(this.#overdue.records, batch, settle, async (signal) =>
      this.#internalSystem.recordFailures?.(batch, signal),
    );
    return batch.map((_, index) => conflicts?.[index] ?? NO_CONFLICTS);
  }

  /** A call that does not end keeps its slot, but not its deliveries. */
  async #inTime<T, Out>(
    overdue: Set<SyncError>,
    batch: readonly unknown[],
    settle: Settle<Out>,
    call: (signal: AbortSignal, onProgress: () => void) => Promise<T>,
  ): Promise<T> {
    const { signal: abandoned } = this.#abandoned;
    const errors = new Set<SyncError>();
    const onOverdue = (error: SyncError) => {
      errors.add(error);
      overdue.add(error);
      for (const index of batch.keys()) settle(index, error);
    };
    try {
      return await boundedCall(call, { timeoutMs: this.#timeoutMs, abandoned, onOverdue });
    } finally {
      for (const error of errors) overdue.delete(error);
    }
  }
}

function outcomeOf(result: WriteResult): WrittenResult | SyncError {
  return result.outcome === 'refused' ? result.error : result;
}

function isOf({ order, eventInfo }: Snapshot, failure: LedgerFailure): boolean {
  return [eventInfo.reference, order.orderNumber, order.shopOrderId].includes(failure.eventInfo.reference);
}

/**
 * A batch fails for the sake of one order, and the internal system does not always say which. Where each failure takes seconds,
 * as with a row that someone has locked, there had better be few in sequence: the batch, a part of it, the order.
 */
function takenApart(maxBatch: number) {
  return {
    partSize: Math.ceil(Math.sqrt(maxBatch)),
    afterFailure: (error: unknown) =>
      asSyncError(error).kind === 'outage' ? ('rejected' as const) : ('apart' as const),
  };
}

/** Far beyond the built-in systems' own limits. */
export const WRITE_TIMEOUT_MS = 60_000;
