import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { requestSync } from '../../messages/request-sync.ts';
import { confirm } from '../cli/confirm.ts';
import { counted } from '../cli/counted.ts';
import { EXIT, exitStatusOf } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { addReference, asArguments } from '../cli/order-references.ts';
import { print, printJson, say } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { auditCommand } from '../connect/command-actor.ts';
import { withNames } from '../connect/names.ts';
import { publishEvents } from '../connect/publish-events.ts';
import { withBroker } from '../connect/with-broker.ts';
import { withBothSides, withCompared } from './both-sides.ts';
import { asJson, describeFailure, describeOlder, describePreview, describeWritten } from './describe.ts';
import { bringIn, type Written } from './force.ts';
import { type FailedResync, type Preview, preview } from './preview.ts';

export function defineResync(program: Command): void {
  program
    .command('resync')
    .summary('fetch orders from the shop again')
    .description(
      'Publishes a fresh "updated" event per order, so that the daemon fetches it from the shop again. The newest version ' +
        'wins, as always, so a resync can do no harm. With --force, what the shop shows now is written at once, even if ' +
        'it is older than what is stored: for orders that failed with shop_shows_older.',
    )
    .argument('<orderNumber...>', "order numbers, or the shop's own ids", addReference)
    .option('--dry-run', 'publish and write nothing; fetch from the shop, and show what would change')
    .option('--force', 'replace newer versions in the internal system, after showing them and asking')
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'Personal data is masked: only that it differs is shown. With --dry-run --json, each order has its',
          'outcome (synced, unchanged, stale if the shop shows something older, unknown if the INTERNAL_SYSTEM',
          'module cannot look orders up; null if it failed), isNew, both versions and their differences: for an',
          'order that is not stored yet, every field as it would be written.',
          'With MAPPING, --dry-run also shows the rows that it would write in your own tables: written, looked',
          'at and rolled back.',
          '--force publishes nothing: it writes to the internal system itself, also while daemons run. An order',
          'that someone else writes in between is left alone.',
          'A shop that can be asked by its own ids alone is asked for the id of the order with that number.',
          'If the number of one order is the id of another, it is taken for the number; stderr says which.',
        ],
        examples: [
          ['order-sync resync 10086', 'have the daemon fetch and write it now'],
          ['order-sync resync --dry-run 10086', 'show each field that differs, as stored → shop'],
          ['order-sync resync --force 10086', 'the shop is right, although it shows something older'],
        ],
        exits: [
          [EXIT.ok, 'the events are in the queue; with --dry-run (--force), every order was compared (written)'],
          [EXIT.failed, 'with --dry-run or --force: the shop does not have an order; or you answered no'],
          [EXIT.usage, 'with --force: --yes is missing and there is no terminal to ask on'],
          [EXIT.unavailable, 'RabbitMQ, or with --dry-run or --force the shop or the internal system, does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong, or the credentials were refused'],
        ],
      }),
    )
    .action(async (references: readonly string[], options: ResyncOptions, command: Command) => {
      if (options.force && !options.dryRun && !options.yes && !process.stdin.isTTY) {
        command.error('error: there is no terminal to ask on: add --yes to replace without asking');
      }
      await run(resync)(references, options);
    });
}

interface ResyncOptions {
  readonly dryRun?: true;
  readonly force?: true;
  readonly yes?: true;
  readonly json?: true;
}

async function resync(references: readonly string[], { dryRun, force, yes, json }: ResyncOptions): Promise<number> {
  if (dryRun) return await showPreviews(references, force === true, json === true);
  if (force) return await forceAll(references, yes === true, json === true);
  const env = readEnvironment();
  const { rabbitmq } = loadConfig(env, ['rabbitmq']);
  const sent = await withNames(env, (nameToAsk) =>
    withBroker(rabbitmq, (rabbit) =>
      publishEvents(references, async (name) => requestSync(rabbit, await nameToAsk(name))),
    ),
  );
  if (json) await printJson({ sent });
  else await print(`${counted(sent, 'event')} sent. To follow up: order-sync status ${asArguments(references)}`);
  return EXIT.ok;
}

/** @throws ConfigError, SyncError if the shop or the internal system can't be used at all */
async function showPreviews(references: readonly string[], force: boolean, isJson: boolean): Promise<number> {
  const config = loadConfig(readEnvironment(), ['shop', 'internalSystem']);
  const previews = await withCompared(config, (sides, nameToAsk) =>
    Promise.all(references.map(async (name) => preview(await nameToAsk(name), sides))),
  );
  if (isJson) await printJson({ orders: previews.map(asJson) });
  else for (const preview of previews) await print(...describePreview(preview, force));
  return statusOf(previews);
}

/** Writes directly, not by an event: anyone can publish an event, but only who may write to the internal system may force. */
async function forceAll(references: readonly string[], yes: boolean, isJson: boolean): Promise<number> {
  const config = loadConfig(readEnvironment(), ['shop', 'internalSystem']);
  return await withBothSides(config, async (sides, nameToAsk) => {
    const found = await Promise.all(references.map(async (name) => bringIn(await nameToAsk(name), sides)));
    const older = found.filter((result) => result.outcome === 'stale');
    // What is replaced goes to stderr when the answer is JSON.
    for (const order of older) {
      if (isJson) say(...describeOlder(order));
      else await print(...describeOlder(order));
    }
    const isSure = yes || older.length === 0 || (await confirm(`Replace ${counted(older.length, 'order')}?`));
    if (!isSure) {
      say('Nothing was replaced.');
      return EXIT.failed;
    }
    const results = await Promise.all(found.map((result) => (result.outcome === 'stale' ? result.replace() : result)));
    const replaced = results.flatMap((result) =>
      result.outcome !== null && result.replaced ? [result.orderNumber] : [],
    );
    if (replaced.length > 0) await auditCommand(sides.system, 'forced', replaced, { done: replaced.length });
    if (isJson) await printJson({ orders: results.map(asJson) });
    else for (const result of results) await print(...describeResult(result));
    return statusOf(results);
  });
}

function describeResult(result: Written | FailedResync): string[] {
  return result.outcome === null ? describeFailure(result) : [describeWritten(result)];
}

function statusOf(results: readonly (Preview | Written)[]): number {
  return Math.max(
    ...results.map((result) => (result.outcome === null ? (exitStatusOf(result.error) ?? EXIT.bug) : EXIT.ok)),
  );
}
