import type { Command } from 'commander';
import { loadConfig, readEnvironment } from '../../config/load-config.ts';
import { Selection } from '../../dead-letters/selection.ts';
import { replayDeadLetters } from '../../dead-letters/settle.ts';
import { counted } from '../cli/counted.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson, say } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { run } from '../cli/run.ts';
import { withBroker } from '../connect/with-broker.ts';
import { addSelection, requireSelection, type SelectionOptions } from './selection-options.ts';
import { reportUnmatched } from './unmatched.ts';

interface ReplayOptions extends SelectionOptions {
  readonly json?: true;
}

export function defineReplay(deadLetters: Command): void {
  addSelection(deadLetters.command('replay'))
    .summary('put them back into the main queue')
    .description(
      'Puts dead letters back into the main queue, as events that never failed. Each is published with a confirm before it ' +
        'is removed: interrupted, an event may come twice, which does no harm, and none is lost.',
    )
    .option('--all', 'all dead letters there are now; those that come straight back are not replayed again')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync dead-letters replay 10086', 'the shop has the order now'],
          ['order-sync dead-letters replay --reason shop_error', 'the shop was repaired'],
          ['order-sync dead-letters replay --all', 'everything'],
        ],
        exits: [
          [EXIT.ok, 'replayed'],
          [EXIT.failed, 'an order or id has no dead letter (now)'],
          [EXIT.usage, 'nothing was selected'],
          [EXIT.unavailable, 'the broker does not answer or does not confirm; what was not replayed is still there'],
          [EXIT.badConfiguration, 'the configuration is wrong, or the broker refuses us'],
        ],
      }),
    )
    .action(async (names: readonly string[], options: ReplayOptions, command: Command) => {
      requireSelection(command, names, options);
      await run(replay)(names, options);
    });
}

async function replay(names: readonly string[], options: ReplayOptions): Promise<number> {
  const { rabbitmq } = loadConfig(readEnvironment(), ['rabbitmq']);
  const selection = new Selection(names, options);
  const progress = new Progress((count) => `${count} replayed …`);
  try {
    await withBroker(rabbitmq, (rabbit) => replayDeadLetters(rabbitmq, selection, rabbit, () => progress.add()));
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
