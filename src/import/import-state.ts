import { z } from 'zod';
import type { ScanRun, ScanState } from '../internal-system/reconciliation-store.ts';
import { ORDER_STATUSES } from '../orders/order.ts';
import type { ImportCounts, ImportProblem, ImportResult } from './import-result.ts';

/** What a person has asked for, as they wrote it: the same command goes on with it, another one does not. */
export type ImportWish = Readonly<Record<'since' | 'until' | 'fulfilment' | 'shippedBefore' | 'target', string | null>>;

/** An import that has begun, as it is kept in the internal system: whoever runs the command next goes on from there. */
export interface ImportState {
  readonly wish: ImportWish;
  /** When it began, for all that is counted from then. */
  readonly begunAt: string;
  /** Everything placed before this time is done with; null at first. */
  readonly placed: string | null;
  readonly isFinished: boolean;
  readonly counts: ImportCounts;
  /** The first of them. */
  readonly problems: readonly ImportProblem[];
}

const text = z.string().nullable();

const count = z.number().int().nonnegative();
const report = z.object({
  wish: z.object({ since: text, until: text, fulfilment: text, shippedBefore: text, target: text }),
  begunAt: z.iso.datetime(),
  isFinished: z.boolean(),
  counts: z.object({
    listed: count,
    open: count,
    over: count,
    here: count,
    carts: count,
    underWay: count,
    pruned: count,
    problems: count,
  }),
  problems: z.array(
    z.object({
      orderNumber: z.string(),
      status: z.enum(ORDER_STATUSES).nullable(),
      reason: z.custom<ImportProblem['reason']>((value) => typeof value === 'string'),
      detail: z.string(),
    }),
  ),
});

/** @returns undefined if none has ever begun, or what is kept of it was written by something else */
export function importIn({ cursor, lastRun }: ScanState): ImportState | undefined {
  if (lastRun === null) return undefined;
  const { data } = report.safeParse(JSON.parse(lastRun.report));
  return data === undefined ? undefined : { ...data, placed: cursor };
}

/** What to keep of it. @param now an instant */
export function kept(
  { placed, ...state }: Omit<ImportState, 'counts' | 'problems'>,
  { counts, problems }: ImportResult,
  now: string,
): Partial<ScanState> {
  const lastRun: ScanRun = {
    startedAt: state.begunAt,
    finishedAt: now,
    compared: counts.listed,
    found: counts.open + counts.over,
    known: counts.here,
    error: null,
    report: JSON.stringify({ ...state, counts, problems }),
  };
  return { cursor: placed, lastRun };
}
