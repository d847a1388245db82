import { setTimeout as sleep } from 'node:timers/promises';
import type { ReconciliationStore } from '../../internal-system/reconciliation-store.ts';
import type { FetchesBy, OrderStub } from '../../shop/shop-client.ts';
import type { GracePeriod } from '../grace-period.ts';
import type { EventClock } from '../known-event.ts';
import type { Report } from '../report.ts';

/** What a scan of either kind works with. */
export interface ScanContext {
  readonly list: (since: Date, signal: AbortSignal) => AsyncIterable<OrderStub>;
  /** By which of an order's names the shop is asked for it. */
  readonly fetchesBy: FetchesBy | undefined;
  readonly store: ReconciliationStore;
  readonly grace: GracePeriod;
  /** An order that changed last before this time and is not stored was deleted here, as too old. Null: none ever was. */
  readonly prunedBefore: string | null;
  readonly eventClock: EventClock;
  /** Resolves when the broker has confirmed the event. Undefined for a dry run. */
  readonly publish: ((reference: string) => Promise<void>) | undefined;
  /** True while so many events wait that no more should be published. Absent: nobody asks. */
  readonly isBusy?: (() => Promise<boolean>) | undefined;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** Between two batches. */
export async function untilCalm({ isBusy, signal }: ScanContext): Promise<void> {
  while (await isBusy?.().catch(() => true)) {
    signal.throwIfAborted();
    await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

const LOOK_AGAIN_MS = 1_000;

/** Orders compared at a time. Limits the orders in memory, and the events that are not confirmed yet. */
export const BATCH_SIZE = 200;
