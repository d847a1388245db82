import { setTimeout as sleep } from 'node:timers/promises';
import { Batcher } from '../async/batcher.ts';
import type { Load, Settle } from '../async/batcher-options.ts';
import { Turns } from '../async/turns.ts';
import { asSyncError, type SyncError } from '../errors.ts';
import type { DeliveryResult, OrderDelivery, Snapshot } from './internal-system.ts';

export type Delivered = Exclude<DeliveryResult, { outcome: 'busy' }>;

/**
 * Delivers stored orders to the ERP, as many at a time as it takes, and each order once at a time. One whose earlier delivery
 * may still be under way elsewhere waits in hand, and holds up no other.
 */
export class OrderDeliverer {
  readonly #delivery: OrderDelivery;
  readonly #batcher: Batcher<Job, DeliveryResult>;
  readonly #turns = new Turns();
  readonly #abandoned = new AbortController();
  /** Of the deliveries that have not ended although they were told to, long ago. */
  readonly #overdue = new Set<SyncError>();
  /** Aborted when those that wait for their turn are to wait no longer. */
  #waiting = new AbortController();
  #lastDelivered: Snapshot | undefined;

  constructor(delivery: OrderDelivery) {
    this.#delivery = delivery;
    this.#batcher = new Batcher({
      run: (jobs, settle) => this.#run(jobs, settle),
      maxBatch: 1,
      slots: delivery.maxDeliveries,
      afterFailure: () => 'rejected',
    });
  }

  get load(): Load {
    return this.#batcher.load;
  }

  /** Resolves once the ERP has the order as it is stored. @param isAlone at the next opportunity @throws SyncError */
  async deliver(snapshot: Snapshot, isAlone = false): Promise<Delivered> {
    const { signal } = this.#waiting;
    const result = await this.#turns.take(snapshot.order.shopOrderId, signal, async () => {
      for (let tries = 1; ; tries += 1) {
        signal.throwIfAborted();
        const result = await this.#batcher.add({ snapshot, again: false }, isAlone);
        if (result.outcome !== 'busy') return result;
        await pause(Math.min(result.freeInMs, LOOK_AGAIN_MS * tries), signal);
      }
    });
    this.#lastDelivered = snapshot;
    return result;
  }

  /**
   * Whether the ERP takes an order right now: the last one that it took, once more, which changes nothing there. Undefined before
   * the first, while nobody knows whether it has taken that one again, and once that one is no longer there.
   *
   * @throws SyncError `interrupted`
   */
  async works(): Promise<boolean | undefined> {
    if (this.#overdue.size === this.load.slots) return false;
    if (this.#lastDelivered === undefined) return undefined;
    const job = { snapshot: this.#lastDelivered, again: true };
    const result = await this.#batcher.add(job, true).catch(asSyncError);
    if (!(result instanceof Error)) return result.outcome === 'delivered' ? true : undefined;
    if (result.reason === 'interrupted') throw result;
    return false;
  }

  /** Rejects the deliveries that have not begun; later ones are not affected. */
  cancelWaiting(error: SyncError): void {
    const waiting = this.#waiting;
    this.#waiting = new AbortController();
    waiting.abort(error);
    this.#batcher.cancelWaiting(error);
  }

  /** Cancels whatever has not begun, tells what has to end, and refuses anything new. */
  close(error: SyncError): void {
    this.#waiting.abort(error);
    this.#batcher.close(error);
    this.#abandoned.abort(error);
  }

  async #run([job]: readonly Job[], settle: Settle<DeliveryResult>): Promise<readonly DeliveryResult[]> {
    if (job === undefined) return [];
    let overdue: SyncError | undefined;
    const onOverdue = (error: SyncError) => {
      overdue = error;
      this.#overdue.add(error);
      settle(0, error);
    };
    try {
      const { snapshot, again } = job;
      return [await this.#delivery.deliver(snapshot, { again, abandoned: this.#abandoned.signal, onOverdue })];
    } catch (error) {
      throw asSyncError(error, 'write_failed');
    } finally {
      if (overdue !== undefined) this.#overdue.delete(overdue);
    }
  }
}

interface Job {
  readonly snapshot: Snapshot;
  readonly again: boolean;
}

/** The lease of another daemon that is alive ends with its delivery, long before its time. */
const LOOK_AGAIN_MS = 250;

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
