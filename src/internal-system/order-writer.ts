import { Batcher, type Load } from '../async/batcher.ts';
import { withTimeout } from '../async/deadline.ts';
import { asSyncError, SyncError } from '../errors.ts';
import { type Conflict, NO_CONFLICTS } from './conflicts.ts';
import type { InternalSystem, Snapshot, WrittenResult } from './internal-system.ts';
import type { LedgerFailure } from './ledger.ts';

/**
 * Writes orders with group commit: orders that are ready together share one transaction; a lone one is written at once. An
 * order that the internal system refuses fails alone.
 */
export class OrderWriter {
  readonly #internalSystem: InternalSystem;
  readonly #snapshots: Batcher<Snapshot, WrittenResult>;
  readonly #failures: Batcher<LedgerFailure, readonly Conflict[]>;

  constructor(internalSystem: InternalSystem) {
    this.#internalSystem = internalSystem;
    this.#snapshots = new Batcher({
      run: (batch) => this.#writeBatch(batch),
      maxBatch: MAX_BATCH,
      slots: internalSystem.maxWrites ?? 1,
      minBatchBeside: MIN_BATCH_BESIDE,
    });
    this.#failures = new Batcher({ run: (batch) => this.#recordBatch(batch), maxBatch: MAX_BATCH, slots: 1 });
  }

  get load(): Load {
    return this.#snapshots.load;
  }

  /** Resolves after the commit. @throws SyncError */
  write(snapshot: Snapshot): Promise<WrittenResult> {
    return this.#snapshots.add(snapshot);
  }

  /** Records in the ledger that a delivery failed. @returns the conflicts that it brings @throws SyncError */
  recordFailure(failure: LedgerFailure): Promise<readonly Conflict[]> {
    return this.#failures.add(failure);
  }

  /** Cancels whatever has not begun, and refuses anything new. */
  close(error: SyncError): void {
    this.#snapshots.close(error);
    this.#failures.close(error);
  }

  async #writeBatch(batch: readonly Snapshot[]): Promise<(WrittenResult | Error)[]> {
    try {
      const results = await withDeadline(this.#internalSystem.writeOrders(batch));
      return results.map((result) => (result.outcome === 'refused' ? result.error : result));
    } catch (error) {
      const failure = asSyncError(error, 'write_failed');
      if (failure.reason !== 'write_rejected' || batch.length === 1) throw failure;
      return this.#writeOneByOne(batch);
    }
  }

  /** One of them was refused, and the database does not always say which. */
  async #writeOneByOne(batch: readonly Snapshot[]): Promise<(WrittenResult | Error)[]> {
    const results: (WrittenResult | Error)[] = [];
    for (const snapshot of batch) {
      const [result] = await this.#writeBatch([snapshot]).catch((error: unknown) => [
        asSyncError(error, 'write_failed'),
      ]);
      results.push(result ?? new SyncError('write_failed', 'The internal system returned no result for an order.'));
    }
    return results;
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

const MAX_BATCH = 200;
/** From this many on, a second transaction beside the running one pays; fewer do better to join the next. */
const MIN_BATCH_BESIDE = 24;

/** Far beyond the built-in systems' own limits: an internal system that hangs must not hold deliveries forever. */
const WRITE_TIMEOUT_MS = 60_000;

function withDeadline<T>(call: Promise<T>): Promise<T> {
  return withTimeout(call, WRITE_TIMEOUT_MS, () => {
    throw new SyncError('write_failed', `The internal system did not answer within ${WRITE_TIMEOUT_MS} ms.`);
  });
}
