import type { Command } from 'commander';
import { pauseInWords } from '../../pause/pause-words.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson, visible } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { commandActor } from '../connect/command-actor.ts';
import { withPauses } from './pause-store.ts';
import { parseText } from './pause-text.ts';

export function defineResume(program: Command): void {
  program
    .command('resume')
    .summary('end a pause: orders are synced again')
    .description(
      'Ends a pause. All daemons of this shop take orders again within two seconds, those that waited first.',
    )
    .option('--by <name>', 'who resumes, if not the user who runs this command', parseText)
    .option('--json', 'print the pause that has ended as JSON, or null')
    .addHelpText(
      'after',
      helpText({
        examples: [['order-sync resume', 'after the work is done']],
        exits: [
          [EXIT.ok, 'resumed, or it was not paused'],
          [EXIT.failed, 'the INTERNAL_SYSTEM module keeps no pauses'],
          [EXIT.unavailable, 'the internal system does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong'],
        ],
      }),
    )
    .action(run(resume));
}

async function resume({
  by = commandActor().name,
  json,
}: {
  readonly by?: string;
  readonly json?: true;
}): Promise<number> {
  return await withPauses(async ({ pauses, note, name: shop }) => {
    const ended = await pauses.resume(by);
    if (ended !== undefined) await note('resume', by);
    if (json) await printJson(ended ?? null);
    else if (ended === undefined) await print(`${visible(shop)} was not paused by anybody.`);
    else await print(`Resumed ${visible(shop)}, which was ${visible(pauseInWords(ended))}.`);
    return EXIT.ok;
  });
}
