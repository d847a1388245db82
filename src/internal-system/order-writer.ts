import { Batcher, type Load } from '../async/batcher.ts';
import { withTimeout } from '../async/deadline.ts';
import { asSyncError, SyncError } from '../errors.ts';
import { type Conflict, NO_CONFLICTS } from './conflicts.ts';
import type { InternalSystem, Snapshot, WrittenResult } from './internal-system.ts';
import type { LedgerFailure } from './ledger.ts';

/**
 * Writes orders with group commit: orders that are ready together share one transaction; a lone one is written at once. An
 * order that can't be written fails alone.
 */
export class OrderWriter {
  readonly #internalSystem: InternalSystem;
  readonly #snapshots: Batcher<Snapshot, WrittenResult>;
  readonly #failures: Batcher<LedgerFailure, readonly Conflict[]>;
  #lastWritten: Snapshot | undefined;

  constructor(internalSystem: InternalSystem) {
    this.#internalSystem = internalSystem;
    this.#snapshots = new Batcher({
      run: (batch) => this.#writeBatch(batch),
      maxBatch: MAX_BATCH,
      slots: internalSystem.maxWrites ?? 1,
      minBatchBeside: MIN_BATCH_BESIDE,
      ...TAKEN_APART,
    });
    this.#failures = new Batcher({
      run: (batch) => this.#recordBatch(batch),
      maxBatch: MAX_BATCH,
      slots: 1,
      ...TAKEN_APART,
    });
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
    return this.#failures.add(failure, isAlone);
  }

  /**
   * Whether an order can be written right now: the last one that was, once more, which changes nothing. Undefined before the
   * first.
   *
   * @throws SyncError `interrupted`
   */
  async works(): Promise<boolean | undefined> {
    if (this.#lastWritten === undefined) return undefined;
    const failure = await this.write(this.#lastWritten, true).then(() => undefined, asSyncError);
    if (failure?.reason === 'interrupted') throw failure;
    return failure === undefined;
  }

  /** Rejects the orders whose transaction has not begun; later ones are not affected. */
  cancelWaiting(error: SyncError): void {
    this.#snapshots.cancelWaiting(error);
  }

  /** Cancels whatever has not begun, and refuses anything new. */
  close(error: SyncError): void {
    this.#snapshots.close(error);
    this.#failures.close(error);
  }

  async #writeBatch(batch: readonly Snapshot[]): Promise<(WrittenResult | Error)[]> {
    try {
      const results = await withDeadline(this.#internalSystem.writeOrders(batch));
      this.#lastWritten = batch[results.findLastIndex(({ outcome }) => outcome !== 'refused')] ?? this.#lastWritten;
      return results.map((result) => (result.outcome === 'refused' ? result.error : result));
    } catch (error) {
      throw asSyncError(error, 'write_failed');
    }
  }

  async #recordBatch(batch: readonly LedgerFailure[]): Promise<(readonly Conflict[])[]> {
    try {
      const conflicts = await withDeadline(this.#internalSystem.recordFailures?.(batch) ?? Promise.resolve());
      return batch.map((_, index) => conflicts?.[index] ?? NO_CONFLICTS);
    } catch (error) {
      throw asSyncError(error, 'write_failed');
    }
  }
}

function isOf({ order, eventInfo }: Snapshot, failure: LedgerFailure): boolean {
  return [eventInfo.reference, order.orderNumber, order.shopOrderId].includes(failure.eventInfo.reference);
}

const MAX_BATCH = 200;
/** From this many on, a second transaction beside the running one pays; fewer do better to join the next. */
const MIN_BATCH_BESIDE = 24;

/**
 * A batch fails for the sake of one order, and the database does not always say which. Where each failure takes seconds, as
 * with a row that someone has locked, there had better be few in sequence: the batch, a part of it, the order.
 */
const TAKEN_APART = {
  partSize: Math.ceil(Math.sqrt(MAX_BATCH)),
  afterFailure: (error: unknown) => (asSyncError(error).kind === 'outage' ? ('rejected' as const) : ('apart' as const)),
};

/** Far beyond the built-in systems' own limits: an internal system that hangs must not hold deliveries forever. */
const WRITE_TIMEOUT_MS = 60_000;

function withDeadline<T>(call: Promise<T>): Promise<T> {
  return withTimeout(call, WRITE_TIMEOUT_MS, () => {
    throw new SyncError('write_failed', `The internal system did not answer within ${WRITE_TIMEOUT_MS} ms.`);
  });
}
