import type { DayTotals } from '../../reconcile/day-totals.ts';
import { describeError } from '../../reconcile/describe-error.ts';
import type { Finding, Report, ReportSummary } from '../../reconcile/report.ts';
import { counted } from '../cli/counted.ts';
import { print } from '../cli/output.ts';
import { type Column, printTable } from '../cli/table.ts';
import { when } from '../cli/times.ts';

/** More would scroll the summary off the screen. */
const SHOWN_FINDINGS = 50;

/** Prints the result of a scan for a person. @param hasEnded false if it stopped half-way */
export async function printReport(report: Report, hasEnded: boolean): Promise<void> {
  const summary = report.summary();
  await print(...comparedLines(summary));
  if (report.findings.length > 0) {
    await print('');
    await printTable(FINDING_COLUMNS, report.findings.slice(0, SHOWN_FINDINGS));
    const { found, known, newer, unreadable } = summary;
    const more = found + known + newer + unreadable - Math.min(report.findings.length, SHOWN_FINDINGS);
    if (more > 0) await print(`… and ${more} more; --json lists them all.`);
  }
  if (summary.days.length > 0) {
    await print('');
    await printTable(DAY_COLUMNS, summary.days);
  }
  await print('', ...conclusion(summary, hasEnded));
}

function comparedLines({ scan, since, compared, carts, underWay, pruned }: ReportSummary): string[] {
  const from = since === null ? '' : ` ${scan === 'deep' ? 'placed' : 'changed'} since ${when(since)}`;
  const left = [
    ...(carts === 0 ? [] : [`${counted(carts, 'cart')} (not paid, not stored)`]),
    ...(underWay === 0 ? [] : [`${counted(underWay, 'order')} changed moments ago`]),
    ...(pruned === 0 ? [] : [`${counted(pruned, 'order')} older than what is kept here`]),
  ];
  return [
    `Compared ${counted(compared, 'order')}${from}.`,
    ...(left.length === 0 ? [] : [`Left out: ${left.join(', ')}.`]),
  ];
}

function conclusion({ dryRun, found, known, newer, unreadable }: ReportSummary, hasEnded: boolean): string[] {
  if (hasEnded && found + known + newer + unreadable === 0) return ['Shop and internal system agree.'];
  const published = dryRun ? 'would get an event' : 'got an event, which is now in the queue';
  return [
    ...(found === 0 ? [] : [`${counted(found, 'order')} ${published}.`]),
    ...(known === 0
      ? []
      : [`${counted(known, 'order')} got no event: see "order-sync status" and "order-sync dead-letters list".`]),
    ...(newer === 0
      ? []
      : [
          `${counted(newer, 'order')} shown older by the shop than stored here: its clock was set back, or its replica lags. ` +
            'Compare with "order-sync resync --dry-run"; if the shop is right, "order-sync resync --force".',
        ]),
    ...(unreadable === 0
      ? []
      : [`${counted(unreadable, 'order')} can't be fetched from the shop, or not read in its list.`]),
    ...(hasEnded ? [] : ['The scan stopped half-way: the rest was not compared.']),
  ];
}

const EVENT_WORDS: Readonly<Record<Finding['event'], string>> = {
  published: 'published now',
  'not-published': '–',
  retrying: 'being retried',
  'dead-lettered': 'in the dead letters',
  discarded: 'discarded by a person',
};

const FINDING_COLUMNS: readonly Column<Finding>[] = [
  { title: 'ORDER', value: ({ orderNumber }) => orderNumber },
  { title: 'STATUS', value: ({ status }) => status ?? '–' },
  { title: 'CHANGED', value: ({ updatedAt }) => (updatedAt === null ? '–' : timeInWords(updatedAt)) },
  { title: 'HERE', value: hereInWords },
  { title: 'EVENT', value: ({ event }) => EVENT_WORDS[event] },
];

function hereInWords({ problem, reason, here, detail }: Finding): string {
  if (detail !== undefined) return `not valid in the list: ${detail}`;
  if (here !== undefined) return `${problem}: ${here.status}, ${timeInWords(here.updatedAt)}`;
  return reason === undefined ? problem : `${problem}: ${reason}`;
}

function timeInWords(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')} UTC`;
}

const DAY_COLUMNS: readonly Column<DayTotals>[] = [
  { title: 'PLACED (UTC)', value: ({ day }) => day },
  { title: 'CURRENCY', value: ({ currency }) => currency },
  { title: 'SHOP', align: 'right', value: ({ shop }) => String(shop.orders) },
  { title: 'TOTAL', align: 'right', value: ({ shop }) => shop.total },
  { title: 'HERE', align: 'right', value: ({ internalSystem }) => String(internalSystem.orders) },
  { title: 'TOTAL', align: 'right', value: ({ internalSystem }) => internalSystem.total },
  { title: '', value: ({ shop, internalSystem }) => (isSame(shop, internalSystem) ? '' : '← differs') },
];

function isSame(a: DayTotals['shop'], b: DayTotals['shop']): boolean {
  return a.orders === b.orders && a.total === b.total;
}

/** One JSON document, written while the scan runs: it lists every order, and there may be very many. */
export class ReportJson {
  #findings = 0;

  async add(finding: Finding): Promise<void> {
    await print(`${this.#findings === 0 ? '{"orders":[' : ','}${JSON.stringify(finding)}`);
    this.#findings += 1;
  }

  async end(report: Report, error: unknown): Promise<void> {
    const rest = JSON.stringify({ ...report.summary(), error: error === undefined ? null : describeError(error) });
    await print(`${this.#findings === 0 ? '{"orders":[' : ''}],${rest.slice(1)}`);
  }
}
