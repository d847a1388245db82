import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { replayDeadLetters } from '../../dead-letters/replay.ts';
import { counted } from '../cli/counted.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson, say } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { run } from '../cli/run.ts';
import { withBroker } from '../connect/with-broker.ts';
import { selectionOf } from './named-selection.ts';
import { addSelection, deadLettersOf, requireSelection, type SelectionOptions } from './selection-options.ts';
import { reportUnmatched } from './unmatched.ts';

interface ReplayOptions extends SelectionOptions {
  readonly json?: true;
}

export function defineReplay(deadLetters: Command): void {
  addSelection(deadLetters.command('replay'))
    .summary('give dead letters a fresh start')
    .description(
      'Moves dead letters back to the main queue, as events that never failed. Each is removed only after its event is ' +
        'published and confirmed: an interruption may duplicate an event, which does no harm, but never loses one.',
    )
    .option('--all', 'all current dead letters; one that fails again meanwhile is not replayed twice')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync dead-letters replay 10086', 'the shop has the order now'],
          ['order-sync dead-letters replay --reason shop_error', 'the shop is fixed'],
          ['order-sync dead-letters replay --all', 'all of them'],
        ],
        exits: [
          [EXIT.ok, 'replayed'],
          [EXIT.failed, 'an order number or id has no dead letter; the others were replayed'],
          [EXIT.usage, 'no dead letters were selected'],
          [EXIT.unavailable, 'RabbitMQ does not answer or confirm; what was not replayed is still there'],
          [EXIT.badConfiguration, 'the configuration is wrong, or RabbitMQ rejects it'],
        ],
      }),
    )
    .action(async (names: readonly string[], options: ReplayOptions, command: Command) => {
      requireSelection(command, names, options);
      await run(replay)(names, options);
    });
}

async function replay(names: readonly string[], options: ReplayOptions): Promise<number> {
  const config = loadConfig(readEnvironment(), ['rabbitmq']);
  const rabbitmq = deadLettersOf(config.rabbitmq, options);
  const selection = await selectionOf(names, options);
  const progress = new Progress((count) => `${count} replayed …`);
  try {
    await withBroker(config.rabbitmq, (rabbit) => {
      const { queue } = rabbitmq;
      const target = { queue, publish: rabbit.publish.bind(rabbit) };
      return replayDeadLetters(rabbitmq, selection, target, () => progress.add());
    });
  } catch (error) {
    progress.end();
    say(`Stopped after ${progress.count}; the other dead letters are still there.`);
    throw error;
  }
  progress.end();
  const { unmatched } = selection;
  if (options.json) await printJson({ replayed: progress.count, unmatched });
  else await print(`${counted(progress.count, 'dead letter')} replayed to queue ${rabbitmq.queue}.`);
  return reportUnmatched(unmatched);
}
