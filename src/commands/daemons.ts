import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import { type ListedDaemon, listDaemons } from '../internal-system/listed-daemons.ts';
import { CommandError, EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { print, printJson, say, visible } from './cli/output.ts';
import { run } from './cli/run.ts';
import { type Column, printTable } from './cli/table.ts';
import { ago } from './cli/times.ts';
import { withInternalSystem } from './connect/with-internal-system.ts';
import { took } from './live/delivery-events.ts';

export function defineDaemons(program: Command): void {
  program
    .command('daemons')
    .summary('show the daemons of this internal system: where they run, and what they do')
    .description(
      'Shows every daemon that keeps its orders in this internal system, those of other shops as well: where it runs, its ' +
        'version, what it does and since when, and how far behind it is. One that does not stop properly is shown for a day.',
    )
    .option('--json', 'print them as JSON')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'IN HAND is of RABBITMQ_PREFETCH. LAG is how long the event of its last order had waited in the',
          'queue. A daemon says every ten seconds that it is there.',
        ],
        examples: [
          ['order-sync daemons', 'which of our three is stuck?'],
          ['order-sync daemons --json | jq .[].report.version', 'for a script'],
        ],
        exits: [
          [EXIT.ok, 'all of them are heard from'],
          [EXIT.failed, 'there is none, one is not heard from, or the INTERNAL_SYSTEM module keeps none'],
          [EXIT.unavailable, 'the internal system does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong'],
        ],
      }),
    )
    .action(run(daemons));
}

async function daemons({ json }: { readonly json?: true }): Promise<number> {
  const listed = await ask();
  if (json) await printJson(listed);
  else if (listed.length === 0) say('No daemon has been heard from for a day.');
  else {
    await printTable(COLUMNS, listed);
    const notes = notesOn(listed);
    if (notes.length > 0) await print('', ...notes);
  }
  return listed.length > 0 && listed.every(({ isSilent }) => !isSilent) ? EXIT.ok : EXIT.failed;
}

async function ask(): Promise<readonly ListedDaemon[]> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  return await withInternalSystem(config, async ({ daemons: store }) => {
    if (store !== undefined) return await listDaemons(store);
    const which = 'module' in config.internalSystem ? ` (${config.internalSystem.module})` : '';
    throw new CommandError(
      `The internal system's module${which} does not keep which daemons there are. "order-sync top" shows one.`,
    );
  });
}

const COLUMNS: readonly Column<ListedDaemon>[] = [
  { title: 'SHOP', value: ({ shop }) => visible(shop) },
  { title: 'WHERE', value: ({ report: { host, pid } }) => visible(`${host} · ${pid}`) },
  { title: 'VERSION', value: ({ report: { version } }) => visible(version) },
  { title: 'UP SINCE', value: ({ report: { startedAt } }) => ago(startedAt) },
  { title: 'STATE', value: stateOf },
  { title: 'IN HAND', align: 'right', value: ({ report: { inFlight, prefetch } }) => `${inFlight}/${prefetch}` },
  { title: 'QUEUE', value: ({ report: { queue, waiting } }) => visible(`${queue}: ${waiting ?? '?'} waiting`) },
  { title: 'LAST ORDER', value: ({ report: { lastOrderAt } }) => (lastOrderAt === null ? 'none' : ago(lastOrderAt)) },
  { title: 'LAG', align: 'right', value: ({ report: { lagMs } }) => took(lagMs) },
];

function stateOf({ isSilent, seenAt, report: { consumption } }: ListedDaemon): string {
  if (isSilent) return `NOT HEARD FROM since ${ago(seenAt)}`;
  const { state, since, dependency, pause } = consumption;
  const words = state === 'held' ? `paused by ${pause?.by ?? 'a person'}` : state;
  return visible(`${words}${dependency === undefined ? '' : ` (${dependency})`}, ${ago(since)}`);
}

function notesOn(listed: readonly ListedDaemon[]): string[] {
  const outdated = listed.filter(({ isOutdated }) => isOutdated);
  return outdated.map(
    ({ report: { host, pid, version } }) =>
      `! ${visible(host)} · ${pid} runs ${visible(version)}, and a newer version runs beside it.`,
  );
}
