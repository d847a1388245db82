import { type Command, Option } from 'commander';
import { UNKNOWN_REASON } from '../../dead-letters/summary.ts';
import { FAILURE_REASONS } from '../../errors.ts';

/** Which dead letters a command is about, as the command line says it. */
export interface SelectionOptions {
  readonly reason?: string;
  readonly all?: true;
}

export function addSelection(command: Command): Command {
  return command
    .argument('[orderOrId...]', 'order numbers as the events have them, or ids of dead letters')
    .addOption(
      new Option('--reason <reason>', 'only those that failed so').choices([...FAILURE_REASONS, UNKNOWN_REASON]),
    );
}

/** For commands that change something: nobody replays everything by forgetting an argument. */
export function requireSelection(command: Command, names: readonly string[], { all, reason }: SelectionOptions): void {
  if (all && names.length > 0) command.error('error: --all and order numbers or ids: give one of the two');
  if (!all && names.length === 0 && reason === undefined) {
    command.error('error: say which: order numbers, ids, --reason or --all');
  }
}
