import type { Command } from 'commander';
import { type Config, loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import type { ScanKind } from '../../internal-system/reconciliation-store.ts';
import { requestSync } from '../../messages/request-sync.ts';
import { Reconciler, type ScanOptions, type ScanResult } from '../../reconcile/reconciler.ts';
import type { Report } from '../../reconcile/report.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { Progress } from '../cli/progress.ts';
import { run } from '../cli/run.ts';
import { parseSinceBy } from '../cli/times.ts';
import { type Sides, withBothSides } from '../connect/with-both-sides.ts';
import { withBroker } from '../connect/with-broker.ts';
import { printReport, ReportJson } from './print-report.ts';

export function defineReconcile(program: Command): void {
  program
    .command('reconcile')
    .summary('find the orders that never arrived')
    .description(
      "Scans the shop's changes since the last scan, compares them with the internal system, and publishes an event for " +
        'each order that is missing or older there. With --deep, it compares the orders of the last seven days in full, ' +
        'because not every change moves an order\'s "updated at".',
    )
    .option('--since <time>', 'scan from then on: 24h, 7d, or 2026-11-22T08:00:00Z', parseSinceBy)
    .option('--deep', 'compare the full content of the orders placed since then')
    .option('--dry-run', 'publish and record nothing; show what would be published')
    .option('--json', 'print one JSON document that lists every order')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'Orders changed in the last two minutes are left for the next scan: their events may be on their way.',
          'Orders that are neither paid nor stored are carts, and are left out.',
        ],
        examples: [
          ['order-sync reconcile', 'from where the last scan ended; at first, 24 hours'],
          ['order-sync reconcile --since 3d --dry-run', 'what went missing in the last three days?'],
          ['order-sync reconcile --deep --since 31d', "compare a month's orders and daily totals"],
        ],
        exits: [
          [EXIT.ok, 'shop and internal system agree, or every order that is behind has an event in the queue'],
          [EXIT.failed, 'an order is behind and got no event now, is newer here than in the shop, or is unreadable'],
          [EXIT.unavailable, 'RabbitMQ, the shop or the internal system does not answer, or another scan is running'],
          [EXIT.badConfiguration, 'the configuration is wrong, or the credentials were refused'],
        ],
      }),
    )
    .action(run(reconcile));
}

interface ReconcileOptions {
  readonly since?: (now: Date) => Date;
  readonly deep?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

async function reconcile({ since, deep, dryRun, json }: ReconcileOptions): Promise<number> {
  const config = loadConfig(readEnvironment());
  const kind = deep ? 'deep' : 'changes';
  const progress = new Progress((count) => `${count} orders compared …`);
  const output = json ? new ReportJson() : undefined;
  const options: ScanOptions = {
    signal: interruption(),
    since,
    dryRun,
    onCompared: (orders) => progress.add(orders),
    ...(output === undefined ? {} : { onFinding: (finding) => output.add(finding) }),
  };
  const result = await withBothSides(config, kind, 'reconcile', (sides) => scan(config, sides, kind, options));
  progress.end();
  if (result.kind !== 'scanned') {
    throw new CommandError('Another scan of this kind is running. Try again in a minute.', EXIT.unavailable);
  }
  const { report, error } = result;
  if (output !== undefined) await output.end(report, error);
  else await printReport(report, error === undefined);
  if (error !== undefined) throw error;
  return needsAttention(report) ? EXIT.failed : EXIT.ok;
}

async function scan(
  { retryDelaysMs, rabbitmq }: Config,
  sides: Sides,
  kind: ScanKind,
  options: ScanOptions,
): Promise<ScanResult> {
  const reconcileWith = (publish: (orderNumber: string) => Promise<void>) =>
    new Reconciler({ ...sides, retryDelaysMs, publish }).scan(kind, options);
  if (options.dryRun) return await reconcileWith(async () => undefined);
  return await withBroker(rabbitmq, (rabbit) => reconcileWith((orderNumber) => requestSync(rabbit, orderNumber)));
}

/** The first Ctrl-C stops the scan, a second one the process. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () =>
    controller.abort(new CommandError('Interrupted. The events published so far are in the queue.'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  return controller.signal;
}

function needsAttention(report: Report): boolean {
  const { dryRun, found, known, newer, unreadable } = report.summary();
  return (dryRun ? found : 0) + known + newer + unreadable > 0;
}
