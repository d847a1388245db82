import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { counted } from '../cli/counted.ts';
import { EXIT, exitStatusOf } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { addReference, asArguments } from '../cli/order-references.ts';
import { print, printJson, visible } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { alignedLines } from '../cli/table.ts';
import { publishEvents } from '../connect/publish-events.ts';
import { withBroker } from '../connect/with-broker.ts';
import type { Difference } from './differences.ts';
import { type ComparedPreview, type FailedPreview, type Preview, previewResync } from './preview.ts';

export function defineResync(program: Command): void {
  program
    .command('resync')
    .summary('fetch orders from the shop again')
    .description(
      'Publishes a fresh "updated" event per order, so that the daemon fetches it from the shop again. The newest version ' +
        'wins, as always, so a resync can do no harm.',
    )
    .argument('<orderNumber...>', "order numbers, or the shop's own ids", addReference)
    .option('--dry-run', 'publish and write nothing; fetch from the shop, and show what would change')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'With --dry-run, personal data is masked: only that it differs is shown. With --json as well, each',
          'order has its outcome (synced, unchanged or stale; null if it could not be compared), isNew and',
          'its differences.',
        ],
        examples: [
          ['order-sync resync 10086', 'have the daemon fetch and write it now'],
          ['order-sync resync --dry-run 10086', 'show each field that differs, as stored → shop'],
        ],
        exits: [
          [EXIT.ok, 'the events are in the queue; with --dry-run, every order was compared'],
          [EXIT.failed, 'with --dry-run: the shop does not have an order, or sent an invalid one'],
          [EXIT.unavailable, 'RabbitMQ, or with --dry-run the shop or the internal system, does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong, or the credentials were refused'],
        ],
      }),
    )
    .action(run(resync));
}

interface ResyncOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

async function resync(references: readonly string[], { dryRun, json }: ResyncOptions): Promise<number> {
  if (dryRun) return await showPreviews(references, json === true);
  const { rabbitmq } = loadConfig(readEnvironment(), ['rabbitmq']);
  const sent = await withBroker(rabbitmq, (rabbit) => publishEvents(rabbit, references, 'updated'));
  if (json) await printJson({ sent });
  else await print(`${counted(sent, 'event')} sent. To follow up: order-sync status ${asArguments(references)}`);
  return EXIT.ok;
}

async function showPreviews(references: readonly string[], isJson: boolean): Promise<number> {
  const config = loadConfig(readEnvironment(), ['shop', 'internalSystem']);
  const previews = await previewResync(config, references);
  if (isJson) await printJson({ orders: previews.map(asJson) });
  else for (const preview of previews) await print(...describe(preview));
  return Math.max(...previews.map((preview) => (preview.outcome === null ? failureStatus(preview) : EXIT.ok)));
}

function failureStatus({ error }: FailedPreview): number {
  return exitStatusOf(error) ?? EXIT.bug;
}

function asJson(preview: Preview): object {
  if (preview.outcome !== null) return preview;
  const { reference, outcome, error } = preview;
  return { reference, outcome, reason: error.reason, error: error.message };
}

function describe(preview: Preview): string[] {
  if (preview.outcome === null) return [`${preview.reference} can't be compared: ${preview.error.message}`];
  return [`${preview.orderNumber} ${inWords(preview)}`, ...differenceLines(preview.differences)];
}

function inWords({ outcome, isNew }: ComparedPreview): string {
  switch (outcome) {
    case 'synced':
      return isNew ? 'would be added: the internal system does not have it yet' : 'would be updated';
    case 'unchanged':
      return 'is up to date';
    case 'stale':
      return 'would stay as it is: the internal system has a newer version than the shop';
    default:
      return outcome satisfies never;
  }
}

function differenceLines(differences: readonly Difference[]): string[] {
  const rows = differences.map(({ path, stored, shop }) => [
    `${path}:`,
    stored ?? '(missing)',
    '→',
    shop ?? '(missing)',
  ]);
  return alignedLines(
    rows.map((cells) => cells.map(visible)),
    [undefined, undefined, undefined, undefined],
  ).map((line) => `  ${line}`);
}
