import type { BatchContext } from './batch-context.ts';

/**
 * What becomes of items that failed together, or of one that failed by itself:
 *
 * - `apart`: run again in smaller batches, until the one to blame is alone, which is then rejected
 * - `later`: run again, behind all others
 * - `rejected`: all of them have failed
 */
export type AfterFailure = 'apart' | 'later' | 'rejected';

export interface FailedItem<In> {
  readonly item: In;
  /** It had asked for a batch of its own. */
  readonly isAlone: boolean;
  /** How often it failed, by itself or together with others. */
  readonly failures: number;
}

/** Gives the item at `index` its result before the batch has ended. @returns false if it has one already */
export type Settle<Out> = (index: number, result: Out | Error) => boolean;

export interface BatcherOptions<In, Out> {
  /**
   * One result per item, same length and order; an Error concerns that item alone. Those settled before are left alone.
   *
   * `freeSlot` lets the next batch leave before this one has ended.
   */
  readonly run: (items: readonly In[], settle: Settle<Out>, freeSlot: () => void) => Promise<readonly (Out | Error)[]>;
  readonly maxBatch: number;
  /** Batches running at a time. */
  readonly slots: number;
  /** While another batch runs, one smaller than this waits for it to end, and grows. @defaultValue 1 */
  readonly minBatchBeside?: number;
  /**
   * Items of one key share one result, as long as none of them has left: once one has, those that come later share the next,
   * which leaves when it is back.
   */
  readonly keyOf?: (item: In) => string;
  /** How long an item waits for others of its key, in ms, before it leaves. @defaultValue 0 */
  readonly lingerMs?: () => number;
  /** How long the next batch has to wait, in ms; infinite until a running one has ended. @defaultValue 0 */
  readonly delayMs?: () => number;
  /** @defaultValue 'apart' */
  readonly afterFailure?: (error: unknown, first: FailedItem<In>) => AfterFailure;
  /** @defaultValue all of a caller's asynchronous context, which takes longer than anything else here */
  readonly context?: BatchContext;
  /** A larger batch that fails is first taken apart into parts of this size, then into single items. @defaultValue 1 */
  readonly partSize?: number;
}

export interface Load {
  readonly slots: number;
  /** Batches. */
  readonly running: number;
  /** Items. */
  readonly waiting: number;
}
