import type { Command } from 'commander';
import { loadConfig, readEnvironment } from '../../config/load-config.ts';
import { counted } from '../cli/counted.ts';
import { EXIT, exitStatusOf } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { addReference } from '../cli/order-references.ts';
import { print, printJson, visible } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { alignedLines } from '../cli/table.ts';
import { publishEvents } from '../connect/publish-events.ts';
import { withBroker } from '../connect/with-broker.ts';
import type { Difference } from './differences.ts';
import { type Preview, previewResync } from './preview.ts';

export function defineResync(program: Command): void {
  program
    .command('resync')
    .summary('bring orders up to date from the shop')
    .description(
      'Publishes a fresh "updated" event for each order, so that the daemon fetches it from the shop again. What is newer ' +
        'wins, as always: a resync can do no harm.',
    )
    .argument('<orderNumber...>', "order numbers, or the shop's own ids", addReference)
    .option('--dry-run', 'publish and write nothing; fetch from the shop and show what would change')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        notes: ['With --dry-run, personal values are masked: only that they differ is shown.'],
        examples: [
          ['order-sync resync 10086', 'the daemon fetches and writes it in a moment'],
          ['order-sync resync --dry-run 10086', 'path: stored → shop, for each field that differs'],
        ],
        exits: [
          [EXIT.ok, 'the events are in the queue; with --dry-run, all orders could be compared'],
          [EXIT.failed, 'with --dry-run: the shop does not have an order, or sent one that is not valid'],
          [EXIT.unavailable, 'the broker, or with --dry-run the shop or the internal system, does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong, or credentials are refused'],
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
  else await print(`${counted(sent, 'event')} sent. See what becomes of it: order-sync status ${references.join(' ')}`);
  return EXIT.ok;
}

async function showPreviews(references: readonly string[], isJson: boolean): Promise<number> {
  const config = loadConfig(readEnvironment(), ['shop', 'internalSystem']);
  const previews = await previewResync(config, references);
  if (isJson) await printJson({ orders: previews.map(asJson) });
  else for (const preview of previews) await print(...describe(preview));
  return Math.max(...previews.map((preview) => (preview.would === 'fail' ? failureStatus(preview) : EXIT.ok)));
}

function failureStatus({ error }: Extract<Preview, { would: 'fail' }>): number {
  return exitStatusOf(error) ?? EXIT.bug;
}

function asJson(preview: Preview): object {
  if (preview.would !== 'fail') return preview;
  const { reference, would, error } = preview;
  return { reference, would, reason: error.reason, error: error.message };
}

const WORDS = {
  insert: 'is not in the internal system yet; it would be written',
  update: 'would be updated',
  unchanged: 'is up to date',
  stale: 'would stay as it is: the internal system holds a newer version than the shop shows',
} as const;

function describe(preview: Preview): string[] {
  if (preview.would === 'fail') return [`${preview.reference} can't be compared: ${preview.error.message}`];
  return [`${preview.orderNumber} ${WORDS[preview.would]}`, ...differenceLines(preview.differences)];
}

function differenceLines(differences: readonly Difference[]): string[] {
  const rows = differences.map(({ path, stored, shop }) => [`${path}:`, stored ?? '(absent)', '→', shop ?? '(absent)']);
  return alignedLines(
    rows.map((cells) => cells.map(visible)),
    [undefined, undefined, undefined, undefined],
  ).map((line) => `  ${line}`);
}
