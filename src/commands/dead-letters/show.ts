import { isUtf8 } from 'node:buffer';
import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { DeadLetters } from '../../dead-letters/dead-letters.ts';
import type { Selected } from '../../dead-letters/selection.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson, visible } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { alignedLines } from '../cli/table.ts';
import { when } from '../cli/times.ts';
import { selectionOf } from './named-selection.ts';
import { deadLettersOf, shipmentsOption } from './selection-options.ts';

export function defineShow(deadLetters: Command): void {
  deadLetters
    .command('show')
    .summary('show a dead letter with its message')
    .description('Shows a dead letter with its whole message, exactly as it was published, personal data included.')
    .argument('<id>', 'its id from the list; or an order number or shop id, for the first dead letter of that order')
    .addOption(shipmentsOption())
    .option('--json', 'print one JSON document, with the message as content or contentBase64')
    .addHelpText(
      'after',
      helpText({
        examples: [['order-sync dead-letters show 10086', 'why its event failed, and what was published']],
        exits: [
          [EXIT.ok, 'shown'],
          [EXIT.failed, 'there is no such dead letter'],
          [EXIT.unavailable, 'RabbitMQ does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong, or RabbitMQ rejects it'],
        ],
      }),
    )
    .action(run(show));
}

async function show(name: string, options: { json?: true; shipments?: true }): Promise<number> {
  const { rabbitmq } = loadConfig(readEnvironment(), ['rabbitmq']);
  const selection = await selectionOf([name], {});
  await using deadLetters = await DeadLetters.open(deadLettersOf(rabbitmq, options));
  for await (const selected of selection.from(deadLetters)) {
    if (options.json) await printJson(asJson(selected));
    else await print(...describe(selected));
    return EXIT.ok;
  }
  throw new CommandError(`There is no dead letter ${name}, or someone else is looking at it right now.`);
}

function asJson({ deadLetter, summary }: Selected): object {
  const { content, properties } = deadLetter.delivery;
  const bytes = content.byteLength;
  const { headers, ...rest } = properties;
  const shown = isUtf8(content) ? { content: content.toString() } : { contentBase64: content.toString('base64') };
  return {
    ...summary,
    publishedAt: deadLetter.publishedAt?.toISOString() ?? null,
    bytes,
    ...shown,
    properties: rest,
    headers,
  };
}

const LONGEST_SHOWN = 4096;

function describe({ deadLetter, summary }: Selected): string[] {
  const { content, properties } = deadLetter.delivery;
  const time = (instant: Date | undefined) => (instant === undefined ? 'unknown' : when(instant));
  const { headers, ...rest } = properties;
  const others = Object.entries({ ...rest, ...headers }).filter(
    ([name, value]) => value !== undefined && !name.startsWith('x-order-sync-'),
  );
  const rows = [
    ['order', summary.order ?? 'none that can be read'],
    ['event', summary.event ?? 'unknown'],
    ['reason', summary.reason],
    ['error', summary.error ?? 'unknown'],
    ['attempts', String(summary.attempts ?? 'unknown')],
    ['first failed', time(deadLetter.firstFailedAt)],
    ['last failed', time(deadLetter.lastFailedAt)],
    ['published', time(deadLetter.publishedAt)],
    ...others.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ['content', `${content.byteLength} bytes`],
  ];
  const lines = alignedLines(
    rows.map((cells) => cells.map(visible)),
    [undefined, undefined],
  );
  return [summary.id, ...lines.map((line) => `  ${line}`), '', ...contentLines(content)];
}

function contentLines(content: Buffer): string[] {
  const shown = content.subarray(0, LONGEST_SHOWN);
  const more = content.byteLength > shown.byteLength ? ['… (all of it with --json)'] : [];
  if (!isUtf8(content)) return [shown.toString('base64'), '(not UTF-8 text: shown as Base64)', ...more];
  return [...shown.toString().split('\n').map(visible), ...more];
}
