import type { Command } from 'commander';
import { loadConfig, type RabbitMQConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { DeadLetters } from '../../dead-letters/dead-letters.ts';
import { discardDeadLetters } from '../../dead-letters/discard.ts';
import { Selection } from '../../dead-letters/selection.ts';
import { confirm } from '../cli/confirm.ts';
import { counted } from '../cli/counted.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson, say } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { run } from '../cli/run.ts';
import { commandActor } from '../connect/command-actor.ts';
import { withInternalSystem } from '../connect/with-internal-system.ts';
import { selectionOf } from './named-selection.ts';
import { addSelection, deadLettersOf, requireSelection, type SelectionOptions } from './selection-options.ts';
import { reportUnmatched } from './unmatched.ts';

interface DiscardOptions extends SelectionOptions {
  readonly yes?: true;
  readonly json?: true;
}

export function defineDiscard(deadLetters: Command): void {
  addSelection(deadLetters.command('discard'))
    .summary('remove dead letters')
    .description(
      'Removes dead letters, after asking, and records that in the ledger and the audit. An order that has been synced ' +
        'since stays as it is. "dead-letters restore" brings one back.',
    )
    .option('--all', 'all current dead letters')
    .option('--yes', 'do not ask')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync dead-letters discard 10086', 'show how many, and ask'],
          ['order-sync dead-letters discard --reason malformed_event --yes', 'for a script'],
        ],
        exits: [
          [EXIT.ok, 'discarded'],
          [EXIT.failed, 'an order number or id has no dead letter, or you answered no'],
          [EXIT.usage, 'no dead letters were selected, or --yes is missing and there is no terminal to ask on'],
          [EXIT.unavailable, 'RabbitMQ or the internal system does not answer; what was not discarded is still there'],
          [EXIT.badConfiguration, 'the configuration is wrong, or RabbitMQ rejects it'],
        ],
      }),
    )
    .action(async (names: readonly string[], options: DiscardOptions, command: Command) => {
      requireSelection(command, names, options);
      if (!options.yes && !process.stdin.isTTY) {
        command.error('error: there is no terminal to ask on: add --yes to discard without asking');
      }
      await run(discard)(names, options);
    });
}

async function discard(names: readonly string[], options: DiscardOptions): Promise<number> {
  const config = loadConfig(readEnvironment(), ['rabbitmq', 'internalSystem']);
  const rabbitmq = deadLettersOf(config.rabbitmq, options);
  const wanted = await selectionOf(names, options);
  const selection = options.yes ? wanted : await confirmed(rabbitmq, wanted);
  if (selection === undefined) {
    say('Nothing was discarded.');
    return EXIT.failed;
  }
  const progress = new Progress((count) => `${count} discarded …`);
  try {
    await withInternalSystem(config, async (system) => {
      if (system.audit === undefined) say('This INTERNAL_SYSTEM keeps no audit: what is discarded cannot be restored.');
      const source = options.shipments ? 'shipments' : 'orders';
      const discarding = { system, actor: commandActor(), source } as const;
      await discardDeadLetters(rabbitmq, selection, discarding, () => progress.add());
    });
  } catch (error) {
    progress.end();
    say(`Stopped after ${progress.count}; the other dead letters are still there.`);
    throw error;
  }
  progress.end();
  const { unmatched } = selection;
  if (options.json) await printJson({ discarded: progress.count, unmatched });
  else await print(`${counted(progress.count, 'dead letter')} discarded.`);
  return reportUnmatched(unmatched);
}

/** Asks about exactly the dead letters that exist now. @returns those, or undefined if the answer is no */
async function confirmed(rabbitmq: RabbitMQConfig, wanted: Selection): Promise<Selection | undefined> {
  const ids: string[] = [];
  {
    await using deadLetters = await DeadLetters.open(rabbitmq);
    for await (const { summary } of wanted.from(deadLetters)) ids.push(summary.id);
  }
  if (ids.length === 0) return wanted;
  const isSure = await confirm(`Discard ${counted(ids.length, 'dead letter')}?`);
  return isSure ? Selection.ofIds(ids) : undefined;
}
