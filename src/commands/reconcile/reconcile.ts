import type { Command } from 'commander';
import { type Config, loadConfig, readEnvironment } from '../../config/load-config.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import type { ScanKind } from '../../internal-system/reconciliation-store.ts';
import { requestSync } from '../../messages/request-sync.ts';
import { capabilitiesFor } from '../../reconcile/capabilities.ts';
import { Reconciler, type ScanOptions, type ScanResult } from '../../reconcile/reconciler.ts';
import type { Report } from '../../reconcile/report.ts';
import { createShop } from '../../shop/create-shop.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { Progress } from '../cli/progress.ts';
import { run } from '../cli/run.ts';
import { parseSinceBy } from '../cli/times.ts';
import { withBroker } from '../connect/with-broker.ts';
import { withInternalSystem } from '../connect/with-internal-system.ts';
import { printReport, ReportJson } from './print-report.ts';

export function defineReconcile(program: Command): void {
  program
    .command('reconcile')
    .summary('find the orders whose event never came')
    .description(
      "Scans the shop's changes since the last time, compares them with the internal system, and publishes an event for " +
        'each order that is missing or older there. With --deep it scans the orders placed in the last seven days and ' +
        'compares them in full, because shops do not move "updated at" with every change.',
    )
    .option('--since <time>', 'from then on: 24h, 7d, or 2026-11-22T08:00:00Z', parseSinceBy)
    .option('--deep', 'compare the content of the orders placed since then')
    .option('--dry-run', 'publish nothing and remember nothing; show what would be published')
    .option('--json', 'print one JSON document, which names every order')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'Orders changed in the last two minutes are left for the next time: their events may be under way.',
          'Orders that are not paid yet and not stored are carts: nobody misses them.',
        ],
        examples: [
          ['order-sync reconcile', 'on from where the last one ended; at first, the last 24 hours'],
          ['order-sync reconcile --since 3d --dry-run', 'what went missing since Friday?'],
          ['order-sync reconcile --deep --since 31d', "the month's orders and amounts on both sides"],
        ],
        exits: [
          [EXIT.ok, 'shop and internal system agree, or all that was behind has its event in the queue now'],
          [EXIT.failed, 'something is behind and got no event: --dry-run, an event being retried, a dead letter'],
          [EXIT.unavailable, 'broker, shop or internal system does not answer, or someone else is scanning'],
          [EXIT.badConfiguration, 'the configuration is wrong, or credentials are refused'],
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
  const result = await withBothSides(config, kind, (shop, internalSystem) =>
    scan({ config, kind, shop, internalSystem }, options),
  );
  progress.end();
  if (result.kind !== 'scanned') {
    throw new CommandError('A scan of this kind is under way already. Try again in a minute.', EXIT.unavailable);
  }
  const { report, error } = result;
  if (output !== undefined) await output.end(report, error);
  else await printReport(report, error === undefined);
  if (error !== undefined) throw error;
  return needsSomeone(report) ? EXIT.failed : EXIT.ok;
}

interface Scanning {
  readonly config: Config;
  readonly kind: ScanKind;
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
}

async function scan({ config, kind, ...sides }: Scanning, options: ScanOptions): Promise<ScanResult> {
  const { retryDelaysMs, rabbitmq } = config;
  const reconcileWith = (publish: (orderNumber: string) => Promise<void>) =>
    new Reconciler({ ...sides, retryDelaysMs, publish }).scan(kind, options);
  if (options.dryRun) return await reconcileWith(async () => undefined);
  return await withBroker(rabbitmq, (rabbit) => reconcileWith((orderNumber) => requestSync(rabbit, orderNumber)));
}

async function withBothSides<T>(
  config: Config,
  kind: ScanKind,
  work: (shop: ShopClient, internalSystem: InternalSystem) => Promise<T>,
): Promise<T> {
  const shop = await createShop(config.shop, config.env);
  try {
    return await withInternalSystem(config, async (internalSystem) => {
      const capabilities = capabilitiesFor(kind, shop, internalSystem);
      if ('missing' in capabilities) throw new CommandError(`Can't reconcile: ${capabilities.missing.join('; ')}.`);
      return await work(shop, internalSystem);
    });
  } finally {
    await shop.close?.();
  }
}

/** Ctrl-C ends the scan where it is; a second one ends the process. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new CommandError('Interrupted. What was published is in the queue.'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  return controller.signal;
}

function needsSomeone(report: Report): boolean {
  const { dryRun, found, known, unreadable } = report.summary();
  return (dryRun ? found : 0) + known + unreadable > 0;
}
