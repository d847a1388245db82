import type { FailureReason } from '../errors.ts';
import type { ScanKind } from '../internal-system/reconciliation-store.ts';
import type { OrderStatus } from '../orders/order.ts';
import type { Discrepancy, EventUnderWay } from './comparison.ts';
import { type DayTotals, DayTotalsCounter } from './day-totals.ts';

/** An order in which shop and internal system do not agree. */
export interface Finding {
  readonly orderNumber: string;
  /** As the shop has it. */
  readonly status: OrderStatus;
  readonly updatedAt: string;
  /** `unreadable`: the shop lists it and can't deliver it; what is stored looks no older than its list says. */
  readonly problem: Discrepancy | 'unreadable';
  /** `published` by this scan, or `not-published` because it only looked; else what became of its last event. */
  readonly event: 'published' | 'not-published' | EventUnderWay;
  /** Why it is unreadable. */
  readonly reason?: FailureReason;
}

/** What is known of a scan. Holds no personal data. */
export interface ReportSummary {
  readonly scan: ScanKind;
  readonly dryRun: boolean;
  /** From when on the shop was asked, by its clock; null when it did not come so far. */
  readonly since: string | null;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Orders compared, whatever came of it. */
  readonly compared: number;
  /** Of these: missing, older or different, without an event under way. Published, unless the scan only looked. */
  readonly found: number;
  /** Of these: behind as well, but their event waits for its next attempt or needs a person. */
  readonly known: number;
  /** Of these: listed by the shop, which can't deliver them. */
  readonly unreadable: number;
  /** Not compared: not paid yet and not stored. */
  readonly carts: number;
  /** Not compared: changed a moment ago, so their event may be under way. The next scan compares them. */
  readonly underWay: number;
  /** The deep scan's: the orders compared, by the day (UTC) they were placed on. */
  readonly days: readonly DayTotals[];
}

/** A finding for each, up to this many; the counts say how many there were. */
const MAX_KEPT = 100;

/** Gathers what a scan comes to, in bounded memory: of the findings, the first are kept and all are told. */
export class Report {
  readonly days = new DayTotalsCounter();
  since: string | null = null;
  readonly #head: Pick<ReportSummary, 'scan' | 'dryRun' | 'startedAt'>;
  readonly #listener: ReportListener;
  readonly #begunAt = performance.now();
  readonly #findings: Finding[] = [];
  readonly #counts = { compared: 0, found: 0, known: 0, unreadable: 0, carts: 0, underWay: 0 };

  /** @param head `startedAt` may be by another clock than ours: the end is told from it by the time that went by */
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

  skipped(why: 'carts' | 'underWay', orders: number): void {
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
  /** Told of each, in the order in which they are found. The scan waits for it. */
  readonly onFinding?: (finding: Finding) => Promise<void>;
}

function countOf({ problem, event }: Finding): 'found' | 'known' | 'unreadable' {
  if (problem === 'unreadable') return 'unreadable';
  return event === 'published' || event === 'not-published' ? 'found' : 'known';
}
