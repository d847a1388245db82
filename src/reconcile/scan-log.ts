import type { Logger } from 'pino';
import { BrokerError } from '../broker/errors.ts';
import { SyncError } from '../errors.ts';
import type { ScanKind } from '../internal-system/reconciliation-store.ts';
import { describeError } from './describe-error.ts';
import type { Finding, Report, ReportSummary } from './report.ts';

const NUMBERS_IN_LOG = 20;

/** The daemon's log lines about its scans. An outage is one warning, however long it lasts, unless a scan finds something. */
export class ScanLog {
  readonly #logger: Logger;
  /** The scans that failed last time: a warning was already logged. */
  readonly #failing = new Set<ScanKind>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  ended(report: Report): void {
    const summary = report.summary();
    this.#failing.delete(summary.scan);
    const { found, newer, unreadable } = summary;
    this.#logger[found + newer + unreadable > 0 ? 'warn' : 'info'](fieldsOf(summary, report), messageOf(summary));
  }

  /** @param summary what the scan did before it failed; absent if it failed before it began */
  failed(kind: ScanKind, error: unknown, summary?: ReportSummary): void {
    if (!isForeseen(error)) {
      this.#logger.error({ scan: kind, err: error }, 'a bug: reconciliation threw');
      return;
    }
    const compared = summary === undefined ? {} : { compared: summary.compared, found: summary.found };
    const isNews = !this.#failing.has(kind) || (summary?.found ?? 0) > 0;
    this.#logger[isNews ? 'warn' : 'debug'](
      { scan: kind, ...compared, error: describeError(error) },
      'reconciliation stopped half-way; the next scan continues from there',
    );
    this.#failing.add(kind);
  }
}

/** True for any failure from outside. Any other error is a bug. */
function isForeseen(error: unknown): boolean {
  return error instanceof SyncError ? error.reason !== 'unexpected' : error instanceof BrokerError;
}

function messageOf({ scan, compared, found, newer, unreadable }: ReportSummary): string {
  const verb = scan === 'deep' ? 'reconciled deeply' : 'reconciled';
  const trouble = [
    ...(newer === 0 ? [] : [`, ${newer} newer here than the shop shows`]),
    ...(unreadable === 0 ? [] : [`, ${unreadable} can't be fetched from the shop, or not read in its list`]),
  ].join('');
  if (found === 0) return `${verb}: ${compared} orders compared, none behind${trouble}`;
  return `${verb}: ${found} of ${compared} orders were behind, events published${trouble}`;
}

function fieldsOf(summary: ReportSummary, report: Report): Record<string, unknown> {
  const { scan, compared, found, known, newer, unreadable, underWay, startedAt, finishedAt } = summary;
  return {
    scan,
    compared,
    found,
    ...numbers('orders', report, ({ event }) => event === 'published'),
    known,
    newer,
    ...numbers('newerOrders', report, ({ problem }) => problem === 'newer'),
    unreadable,
    ...numbers('unreadableOrders', report, ({ problem }) => problem === 'unreadable'),
    underWay,
    totalMs: Date.parse(finishedAt) - Date.parse(startedAt),
  };
}

function numbers(field: string, report: Report, isMeant: (finding: Finding) => boolean): Record<string, string[]> {
  const found = report.findings.filter(isMeant).map(({ orderNumber }) => orderNumber);
  return found.length === 0 ? {} : { [field]: found.slice(0, NUMBERS_IN_LOG) };
}
