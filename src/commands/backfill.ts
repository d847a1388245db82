import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import type { BackfilledOrder, MappingAccess } from '../internal-system/mapping/mapping-access.ts';
import { counted } from './cli/counted.ts';
import { CommandError, EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { print, printJsonLine, say, visible } from './cli/output.ts';
import { Progress } from './cli/progress.ts';
import { describeChanges, shownChanges } from './cli/row-changes.ts';
import { run } from './cli/run.ts';
import { parseSince } from './cli/times.ts';
import { withInternalSystem } from './connect/with-internal-system.ts';

export function defineBackfill(program: Command): void {
  program
    .command('backfill')
    .summary('write the orders that are stored already into your own tables')
    .description(
      'Runs MAPPING over every stored order, a few in each transaction, while their rows are locked: it may run beside the ' +
        'daemon, and never writes something older over something newer. What is there already is left as it is, so that it may ' +
        'run again.',
    )
    .option(
      '--since <time>',
      'only orders that changed in the shop since then: 7d, or 2026-11-22T08:00:00Z',
      parseSince,
    )
    .option('--after <order number>', 'go on behind this order, as an interrupted run says')
    .option('--dry-run', 'roll everything back, and show the rows that would be written')
    .option(
      '--json',
      'print JSON documents, one a line: orders that failed (with --dry-run, all that change), and the end',
    )
    .addHelpText(
      'after',
      helpText({
        notes: ['An order that fails is reported with its reason, and the others go on.'],
        examples: [
          ['order-sync backfill --dry-run | less', 'what would it write?'],
          ['order-sync backfill', 'write it'],
          ['order-sync backfill --since 30d', 'not the old ones'],
        ],
        exits: [
          [EXIT.ok, 'every order is in your tables'],
          [EXIT.failed, 'orders failed, or it was interrupted'],
          [EXIT.unavailable, 'the database does not answer'],
          [
            EXIT.badConfiguration,
            'the configuration is wrong, or the mapping names a table or column that is not there',
          ],
        ],
      }),
    )
    .action(run(backfill));
}

interface BackfillOptions {
  readonly since?: Date;
  readonly after?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

async function backfill(options: BackfillOptions): Promise<number> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  return await withInternalSystem(config, async ({ mapping }) => {
    if (mapping === undefined) {
      throw new CommandError('There is nothing to run: MAPPING names no module.', EXIT.badConfiguration);
    }
    return await runOver(mapping, options);
  });
}

async function runOver(mapping: MappingAccess, { since, after, dryRun, json }: BackfillOptions) {
  const interrupted = interruption();
  const progress = new Progress((count) => `${count} orders mapped …`);
  const end = { orders: 0, failed: 0, last: after ?? null };
  for (let isDone = false; !isDone && !interrupted.aborted; ) {
    const begun = performance.now();
    const { orders, last } = await mapping
      .backfill({ after: end.last, since, dryRun: dryRun === true })
      .catch((error: unknown) => {
        progress.end();
        sayWhereToGoOn(end.last);
        throw error;
      });
    progress.add(orders.length);
    for (const order of orders) await report(order, json === true);
    end.orders += orders.length;
    end.failed += orders.filter(({ error }) => error !== undefined).length;
    isDone = last === null;
    end.last = last ?? end.last;
    // The daemon's writes need the database as well.
    if (!isDone) await sleep((performance.now() - begun) / REST);
  }
  progress.end();
  if (json) await printJsonLine(end);
  else await print(summary(end, dryRun === true));
  if (interrupted.aborted) sayWhereToGoOn(end.last);
  return end.failed > 0 || interrupted.aborted ? EXIT.failed : EXIT.ok;
}

/** It works four fifths of the time. */
const REST = 4;

async function report({ orderNumber, order, error, changes }: BackfilledOrder, isJson: boolean): Promise<void> {
  if (error !== undefined) {
    if (isJson) await printJsonLine({ orderNumber, reason: error.reason, error: error.message });
    else await print(`${orderNumber} failed: ${visible(error.message)}`);
    return;
  }
  if (changes.length === 0) return;
  const rows = shownChanges(changes, [order]);
  if (isJson) await printJsonLine({ orderNumber, rows });
  else await print(orderNumber, ...describeChanges(rows).map((line) => `  ${line}`));
}

function summary({ orders, failed }: { readonly orders: number; readonly failed: number }, dryRun: boolean): string {
  const what = dryRun ? 'looked at; nothing was written' : 'mapped';
  return `${counted(orders - failed, 'order')} ${what}${failed === 0 ? '' : `, ${failed} failed`}.`;
}

function sayWhereToGoOn(last: string | null): void {
  if (last !== null) say(`To go on from here: order-sync backfill --after ${last}`);
}

/** The first Ctrl-C ends it after the page, a second one the process. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}
