import type { FailureReason } from '../errors.ts';
import type { ScanKind } from '../internal-system/reconciliation-store.ts';
import type { OrderStatus } from '../orders/order.ts';
import type { Discrepancy } from './comparison.ts';
import { type DayTotals, DayTotalsCounter } from './day-totals.ts';
import type { KnownEvent } from './known-event.ts';

/** An order on which the shop and the internal system disagree. */
export interface Finding {
  readonly orderNumber: string;
  /** In the shop; null, like the time, if its entry in the list is not valid. */
  readonly status: OrderStatus | null;
  readonly updatedAt: string | null;
  /**
   * `newer`: the internal system's is the newer one, and the shop still shows an older one. `unreadable`: the shop lists the
   * order but can't deliver it, and the list does not say that the stored one is older; or its entry in the list is not valid.
   */
  readonly problem: Discrepancy | 'newer' | 'unreadable';
  /** `published` by this scan; `not-published` in a dry run, if newer or unreadable; else the state of its last event. */
  readonly event: 'published' | 'not-published' | KnownEvent;
  /** What is stored, if that is newer. */
  readonly here?: { readonly status: OrderStatus; readonly updatedAt: string };
  /** Why it is unreadable. */
  readonly reason?: FailureReason;
  /** What is wrong with its entry in the list, without values. */
  readonly detail?: string;
}

/** The result of a scan. Contains no personal data. */
export interface ReportSummary {
  readonly scan: ScanKind;
  readonly dryRun: boolean;
  /** Where the scan started, by the shop's clock; null if it failed before that. */
  readonly since: string | null;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Orders compared, whatever the result. */
  readonly compared: number;
  /** Of these: behind, without a known event. Published, except in a dry run. */
  readonly found: number;
  /** Of these: behind too, but the last event is being retried or needs a person. */
  readonly known: number;
  /** Of these: newer than the shop shows them. */
  readonly newer: number;
  /** Listed by the shop, but it can't deliver them; or listed in a way that is not valid, and so not compared. */
  readonly unreadable: number;
  /** Not compared: neither paid nor stored. */
  readonly carts: number;
  /** Not compared: changed moments ago, so the event may be on its way. The next scan compares them. */
  readonly underWay: number;
  /** Not compared: deleted here, as they are older than what is kept. */
  readonly pruned: number;
  /** Deep scan only: the compared orders, by the day (UTC) they were placed on. */
  readonly days: readonly DayTotals[];
}

/** Findings kept; further ones are only counted. */
const MAX_KEPT = 100;

/** Collects the result of a scan in bounded memory: it keeps the first findings, and reports all to the listener. */
export class Report {
  readonly days = new DayTotalsCounter();
  since: string | null = null;
  readonly #head: Pick<ReportSummary, 'scan' | 'dryRun' | 'startedAt'>;
  readonly #listener: ReportListener;
  readonly #begunAt = performance.now();
  readonly #findings: Finding[] = [];
  readonly #counts = { compared: 0, found: 0, known: 0, newer: 0, unreadable: 0, carts: 0, underWay: 0, pruned: 0 };

  /** @param head its `startedAt` may be by another clock than ours, so the end is `startedAt` plus the time elapsed */
  constructor(head: Pick<ReportSummary, 'scan' | 'dryRun' | 'startedAt'>, listener: ReportListener = {}) {
    this.#head = head;
    this.#listener = listener;
  }

  /** The first hundred. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  compared(orders: number): void {
    this.#counts.compared += orders;
    this.#listener.onCompared?.(orders);
  }

  skipped(why: 'carts' | 'underWay' | 'pruned', orders: number): void {
    this.#counts[why] += orders;
  }

  async add(finding: Finding): Promise<void> {
    this.#counts[countOf(finding)] += 1;
    if (this.#findings.length < MAX_KEPT) this.#findings.push(finding);
    await this.#listener.onFinding?.(finding);
  }

  summary(): ReportSummary {
    const elapsedMs = performance.now() - this.#begunAt;
    const finishedAt = new Date(Date.parse(this.#head.startedAt) + elapsedMs).toISOString();
    return { ...this.#head, since: this.since, finishedAt, ...this.#counts, days: this.days.list() };
  }
}

export interface ReportListener {
  readonly onCompared?: (orders: number) => void;
  /** Called for each finding, in the order found. The scan waits for it. */
  readonly onFinding?: (finding: Finding) => Promise<void>;
}

function countOf({ problem, event }: Finding): 'found' | 'known' | 'newer' | 'unreadable' {
  if (problem === 'newer' || problem === 'unreadable') return problem;
  return event === 'published' || event === 'not-published' ? 'found' : 'known';
}
