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

/** Without a terminal nothing limits the lines, but `tail` is the command for a long list of deliveries. */
const ONE_SNAPSHOT = { columns: 80, rows: 40 };
/** For the clock, and for "… ago". */
const REDRAW_MS = 1_000;

export function defineTop(program: Command): void {
  program
    .command('top')
    .summary('show what the daemon is doing, refreshed in place')
    .description(
      'Shows whether a running daemon consumes orders or why not, its queues, the orders as they arrive, and how many and ' +
        'how fast over the last hour and day. q or Ctrl-C quits. Without a terminal it prints one snapshot. The daemon ' +
        'must run with OPS_PORT. Times are UTC. No personal data is shown.',
    )
    .option('--json', 'print one snapshot as JSON')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync top', 'watch the daemon'],
          ['order-sync top | head -4', 'is it running?'],
          ['order-sync top --json | jq .figures', 'for a script'],
        ],
        exits: [
          [EXIT.ok, 'shown'],
          [EXIT.unavailable, 'no daemon answers'],
          [EXIT.badConfiguration, "OPS_PORT is not set, or OPS_TOKEN is not the daemon's"],
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
