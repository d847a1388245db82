import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import type { Session, Snapshot } from '../../ops/dashboard/messages.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { untilSignalled } from '../cli/until-signalled.ts';
import { OpsClient } from '../live/ops-client.ts';
import { render } from './render.ts';
import { Screen } from './screen.ts';
import { after, type View } from './view.ts';

/** Without a terminal nothing limits the lines; more deliveries would be a list, and `tail` is for that. */
const ONE_SNAPSHOT = { columns: 80, rows: 40 };
/** The clock, and how long ago things were. */
const REDRAW_MS = 1_000;

export function defineTop(program: Command): void {
  program
    .command('top')
    .summary('what the daemon does now, refreshed in place')
    .description(
      'Shows what a running daemon does: whether it runs or why not, the queues, orders as they arrive, how many and how ' +
        'fast over the last hour and day. q or Ctrl-C ends it. Without a terminal it prints all that once. The daemon ' +
        'needs OPS_PORT. Times are UTC. Nothing personal is shown.',
    )
    .option('--json', 'print one JSON document, once')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync top', 'watch it'],
          ['order-sync top | head -4', 'is it running?'],
          ['order-sync top --json | jq .figures', 'for a script'],
        ],
        exits: [
          [EXIT.ok, 'shown'],
          [EXIT.unavailable, 'no daemon answers'],
          [EXIT.badConfiguration, 'the configuration is wrong: OPS_PORT is not set, or OPS_TOKEN is another one'],
        ],
      }),
    )
    .action(run(top));
}

async function top({ json }: { json?: true }): Promise<number> {
  const client = new OpsClient(loadConfig(readEnvironment(), []).ops);
  const session = await client.session();
  const snapshot = await client.snapshot();
  if (json) await printJson(snapshot);
  else if (process.stdout.isTTY) await watch(client, viewOf(session, snapshot));
  else await print(...render(viewOf(session, snapshot), ONE_SNAPSHOT).map(({ text }) => text));
  return EXIT.ok;
}

async function watch(client: OpsClient, first: View): Promise<void> {
  let view = first;
  const quit = new AbortController();
  using screen = new Screen({ onQuit: () => quit.abort(), onResize: () => draw() });
  const draw = () => screen.draw(render(view, screen.size));
  draw();
  const redrawing = setInterval(draw, REDRAW_MS);
  try {
    for await (const message of client.follow(AbortSignal.any([quit.signal, untilSignalled()]))) {
      if (message.kind === 'lost') view = { ...view, lostSince: view.lostSince ?? new Date() };
      else if (message.kind === 'tick') view = after(view, message.tick);
      else view = viewOf(view.session, message.snapshot);
      draw();
    }
  } finally {
    clearInterval(redrawing);
  }
}

function viewOf(session: View['session'] | Session, snapshot: Snapshot): View {
  return { ...snapshot, session, lostSince: undefined };
}
