import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { DeadLetters } from '../../dead-letters/dead-letters.ts';
import { excerptOf } from '../../dead-letters/excerpt.ts';
import type { Selected, Selection } from '../../dead-letters/selection.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJsonLine, visible } from '../cli/output.ts';
import { parseCount } from '../cli/parse-count.ts';
import { run } from '../cli/run.ts';
import { type Column, printTable } from '../cli/table.ts';
import { ago } from '../cli/times.ts';
import { listDiscarded } from './list-discarded.ts';
import { selectionOf } from './named-selection.ts';
import { addSelection, deadLettersOf, type SelectionOptions } from './selection-options.ts';

interface ListOptions extends SelectionOptions {
  readonly limit?: number;
  readonly discarded?: true;
  readonly json?: true;
}

export function defineList(deadLetters: Command): void {
  addSelection(deadLetters.command('list'))
    .summary('list dead letters')
    .description(
      'Lists dead letters, oldest first, each with its error; one that names no order with the first 60 characters of its message, which may hold personal data.',
    )
    .option('--limit <count>', 'at most this many', parseCount)
    .option('--discarded', 'instead those that were discarded and can be restored')
    .option('--json', 'print JSON lines')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync dead-letters list', 'all of them'],
          ['order-sync dead-letters list --reason order_not_found', 'orders unknown to the shop'],
          ['order-sync dead-letters list --discarded', 'what restore brings back'],
          ['order-sync dead-letters list --json | jq -r .reason | sort | uniq -c', 'how many per reason'],
        ],
        exits: [
          [EXIT.ok, 'listed, even if there are none'],
          [EXIT.usage, '--discarded together with --reason or --shipments'],
          [EXIT.unavailable, 'RabbitMQ, or with --discarded the internal system, does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong, or RabbitMQ rejects it'],
        ],
      }),
    )
    .action(async (names: readonly string[], options: ListOptions, command: Command) => {
      if (options.discarded && (options.reason !== undefined || options.shipments))
        command.error('error: --discarded lists by order numbers and ids alone');
      await run(options.discarded ? listDiscarded : list)(names, options);
    });
}

async function list(names: readonly string[], options: ListOptions): Promise<number> {
  const { rabbitmq } = loadConfig(readEnvironment(), ['rabbitmq']);
  const selection = await selectionOf(names, options);
  await using deadLetters = await DeadLetters.open(deadLettersOf(rabbitmq, options));
  const rows = firstOnes(selection, deadLetters, options.limit ?? Number.POSITIVE_INFINITY);
  if (options.json)
    for await (const selected of rows) await printJsonLine({ ...selected.summary, excerpt: excerptOf(selected) });
  else if ((await printTable(COLUMNS, rows)) === 0) await print('No matching dead letters.');
  return EXIT.ok;
}

async function* firstOnes(selection: Selection, deadLetters: DeadLetters, limit: number): AsyncGenerator<Selected> {
  let count = 0;
  for await (const selected of selection.from(deadLetters)) {
    yield selected;
    count += 1;
    if (count >= limit) return;
  }
}

const COLUMNS: readonly Column<Selected>[] = [
  { title: 'ID', value: ({ summary: { id } }) => id },
  { title: 'ORDER', value: ({ summary: { order } }) => order ?? '–' },
  { title: 'EVENT', value: ({ summary: { event } }) => event ?? '–' },
  { title: 'REASON', value: ({ summary: { reason } }) => visible(reason) },
  { title: 'ATTEMPTS', align: 'right', value: ({ summary: { attempts } }) => String(attempts ?? '–') },
  {
    title: 'FIRST FAILED',
    value: ({ summary: { firstFailedAt } }) => (firstFailedAt === null ? '–' : ago(firstFailedAt)),
  },
  { title: 'LAST FAILED', value: ({ summary: { lastFailedAt } }) => (lastFailedAt === null ? '–' : ago(lastFailedAt)) },
  { title: 'NOTE', value: (selected) => visible(excerptOf(selected) ?? selected.summary.error ?? '') },
];
