import type { Command } from 'commander';
import type { Pause } from '../../internal-system/pause-store.ts';
import { counted } from '../cli/counted.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson, say, visible } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { parseDuration, when } from '../cli/times.ts';
import { commandActor } from '../connect/command-actor.ts';
import { withPauses } from './pause-store.ts';
import { parseText } from './pause-text.ts';
import { type Idleness, untilIdle } from './until-idle.ts';

interface PauseOptions {
  readonly for?: number;
  readonly reason?: string;
  readonly by?: string;
  readonly json?: true;
}

export function definePause(program: Command): void {
  program
    .command('pause')
    .summary('have all daemons of this shop leave orders in the queue for a while')
    .description(
      'For planned work on the internal system: within two seconds, all daemons of this shop take no more orders. What they ' +
        'have in hand is finished, which this command waits for; everything else waits in the queue. Nothing is lost, and no attempt ' +
        'is counted. Webhooks are still taken. The pause is kept in the internal system: it holds from any machine, and through restarts.',
    )
    .option('--for <duration>', 'resume by itself after this time, such as 30m or 2h', parseDuration)
    .option('--reason <text>', 'what for: shown wherever the pause is', parseText)
    .option('--by <name>', 'who pauses, if not the user who runs this command', parseText)
    .option('--json', 'print the pause as JSON, with the daemons, and those that still have something in hand')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'Without --for it lasts until "order-sync resume". The log says so every hour once it has lasted',
          'for four. Repeat the command to change how long it lasts, or why.',
        ],
        examples: [
          ['order-sync pause --for 2h --reason "ERP update"', 'resumes by itself'],
          ['order-sync pause --reason "moving the warehouse"', 'until "order-sync resume"'],
        ],
        exits: [
          [EXIT.ok, 'paused'],
          [EXIT.failed, 'the INTERNAL_SYSTEM module keeps no pauses'],
          [EXIT.unavailable, 'the internal system does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong'],
        ],
      }),
    )
    .action(run(pause));
}

async function pause({ for: forMs, reason, by = commandActor().name, json }: PauseOptions): Promise<number> {
  return await withPauses(async ({ name, pauses, daemons, note }) => {
    const begun = await pauses.pause({ by, reason: reason ?? null, forMs });
    await note('pause', by, { pauseReason: begun.reason, until: begun.until });
    if (!json) await print(...describe(begun, name));
    if (!json && daemons !== undefined) say('Waiting until its daemons have nothing in hand …');
    const idleness = daemons && (await untilIdle(daemons, name, forMs));
    if (json) await printJson({ ...begun, daemons: idleness?.daemons ?? null, busy: idleness?.busy ?? null });
    else await print(...verdict(idleness));
    return EXIT.ok;
  });
}

function describe({ by, reason, since, until }: Pause, shop: string): string[] {
  const end = until === null ? 'until "order-sync resume"' : `${when(until)}, or with "order-sync resume"`;
  return [
    visible(`Paused by ${by}${reason === null ? '' : `: ${reason}`}`),
    `  shop   ${visible(shop)}`,
    `  since  ${when(since)}`,
    `  ends   ${end}`,
  ];
}

function verdict(idleness: Idleness | undefined): string[] {
  if (idleness === undefined)
    return ['Its daemons take no more orders within two seconds. Their logs say when nothing is in hand.'];
  const { daemons, busy } = idleness;
  if (daemons.length === 0) return ['No daemon of this shop is running. One that starts will be paused.'];
  if (busy.length === 0)
    return [`Nothing is in hand any more in ${counted(daemons.length, 'daemon')}: the work may begin.`];
  return [
    ...busy.map(({ report: { host, pid, inFlight } }) => visible(`! ${host} · ${pid} still has ${inFlight} in hand.`)),
    'Wait until "order-sync daemons" shows 0 in hand.',
  ];
}
