import type { ReconciliationStore, ScanKind } from '../../internal-system/reconciliation-store.ts';
import { describeError } from '../../reconcile/describe-error.ts';
import type { EndedScan } from '../../reconcile/periodic.ts';
import { Grouped } from './grouped.ts';
import type { Incident } from './happening.ts';
import { OrderNumbers } from './order-numbers.ts';
import type { Present } from './troubles.ts';

const MAX_NAMED = 10;
/** A shop whose events come seldom, or not at all, has findings in each scan. */
const MISSED_WINDOW_MS = 3_600_000;

interface Failing {
  readonly since: number;
  readonly detail: string;
}

/** What the scans say that are due by themselves, and not asked for: by a person, by a webhook that names no order, by a recovery. */
export class ScanWatch {
  readonly #tell: (incident: Incident) => void;
  readonly #missed: Grouped<string | null, OrderNumbers>;
  readonly #failing = new Map<ScanKind, Failing>();
  #hasSucceeded = false;
  /** A scan finds the same again, for as long as it is so. */
  readonly #differing = new Map<ScanKind, string>();

  constructor(tell: (incident: Incident) => void) {
    this.#tell = tell;
    this.#missed = new Grouped({
      begin: () => new OrderNumbers(MAX_NAMED),
      add: (numbers, orderNumber) => numbers.add(orderNumber),
      tell: ({ list }) => tell({ kind: 'orders_missed', ...list }),
      windowMs: MISSED_WINDOW_MS,
    });
  }

  /** For `PeriodicReconciliation`'s `onDueScan`. */
  readonly ended = ({ scan, summary, findings, error }: EndedScan): void => {
    if (error === undefined) {
      this.#failing.delete(scan);
      this.#hasSucceeded = true;
    } else if (!this.#failing.has(scan)) this.#failing.set(scan, { since: Date.now(), detail: describeError(error) });
    if (summary === undefined) return;
    const published = findings.filter(({ event }) => event === 'published');
    for (let missed = 0; missed < summary.found; missed += 1) this.#missed.add(published[missed]?.orderNumber ?? null);
    const [newer, unreadable] = (['newer', 'unreadable'] as const).map((kind) => ({
      count: summary[kind],
      orders: findings.filter(({ problem }) => problem === kind).map(({ orderNumber }) => orderNumber),
    }));
    if (newer !== undefined && unreadable !== undefined) this.#differ(scan, newer, unreadable);
  };

  /** Before, nothing is known of scans that failed in an earlier process. */
  get hasSucceeded(): boolean {
    return this.#hasSucceeded;
  }

  /** Those that fail at present, unless another daemon's scan has ended since. Never rejects. */
  async present(readScan: ReconciliationStore['readScan'] | undefined): Promise<Present[]> {
    for (const [scan, { since }] of this.#failing) {
      const lastRun = (await readScan?.(scan).catch(() => undefined))?.lastRun;
      if (lastRun?.error === null && Date.parse(lastRun.startedAt) > since) this.#failing.delete(scan);
    }
    return [...this.#failing].map(([scan, { since, detail }]) => ({
      trouble: { kind: 'reconciliation_fails', scan, detail },
      since,
    }));
  }

  flush(): void {
    this.#missed.flush();
  }

  #differ(scan: ScanKind, newer: Numbered, unreadable: Numbered): void {
    const differing = JSON.stringify([newer, unreadable]);
    if (newer.count + unreadable.count === 0) this.#differing.delete(scan);
    else if (this.#differing.get(scan) !== differing) {
      this.#differing.set(scan, differing);
      this.#tell({ kind: 'orders_differ', newer: few(newer), unreadable: few(unreadable) });
    }
  }
}

interface Numbered {
  readonly count: number;
  readonly orders: readonly string[];
}

function few({ count, orders }: Numbered): Numbered {
  return { count, orders: orders.slice(0, MAX_NAMED) };
}
