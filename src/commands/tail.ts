import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import { OUTCOMES, type Outcome } from '../delivery/outcome.ts';
import { FAILURE_REASONS, type FailureReason } from '../errors.ts';
import { type DeliveryFilter, MAX_ORDERS_IN_FILTER } from '../ops/dashboard/live/delivery-filter.ts';
import type { DeliveryEvent } from '../ops/dashboard/messages.ts';
import { counted } from './cli/counted.ts';
import { EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { addReference } from './cli/order-references.ts';
import { print, printJsonLine, say } from './cli/output.ts';
import { run } from './cli/run.ts';
import { untilSignalled } from './cli/until-signalled.ts';
import { stateInWords } from './live/consumption.ts';
import { NewDeliveries, noteOf, orderOf, took } from './live/delivery-events.ts';
import { OpsClient } from './live/ops-client.ts';

interface TailOptions {
  readonly order?: readonly string[];
  readonly outcome?: Outcome;
  readonly reason?: FailureReason;
  readonly lines: number;
  readonly json?: true;
}

const LINES_BEFORE = 10;
/** The daemon remembers that many. */
const MAX_LINES_BEFORE = 100;

export function defineTail(program: Command): void {
  program
    .command('tail')
    .summary('follow deliveries as they are settled')
    .description(
      'Follows a running daemon: one line per delivery, with its outcome. Continues when the daemon is restarted; Ctrl-C ' +
        'ends it. The daemon must run with OPS_PORT. Times are UTC. No personal data is shown.',
    )
    .option(
      '--order <orderNumber>',
      `only this order, by its number or shop id; may be repeated, up to ${MAX_ORDERS_IN_FILTER} times`,
      addOrder,
    )
    .addOption(new Option('--outcome <outcome>', 'only this outcome').choices(OUTCOMES))
    .addOption(new Option('--reason <reason>', 'only failures with this reason').choices(FAILURE_REASONS))
    .option('-n, --lines <count>', 'start with this many earlier deliveries', parseLines, LINES_BEFORE)
    .option('--json', 'print JSON lines')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'Beyond about 80 deliveries per second, only the newest are shown. With --order, --outcome or',
          '--reason, all that match are shown, up to about 500 per second. stderr says how many were',
          "left out. The daemon's log is always complete.",
        ],
        examples: [
          ['order-sync tail', 'everything'],
          ['order-sync tail --order 10086', 'wait for this order'],
          ['order-sync tail --outcome dead-lettered --json', 'for a script'],
        ],
        exits: [
          [EXIT.ok, 'ended by Ctrl-C or SIGTERM'],
          [EXIT.unavailable, 'no daemon answers'],
          [EXIT.badConfiguration, "OPS_PORT is not set, or OPS_TOKEN is not the daemon's"],
        ],
      }),
    )
    .action(run(tail));
}

async function tail({ json, lines, order, outcome, reason }: TailOptions): Promise<number> {
  const filter: DeliveryFilter = {
    ...(order && { order: [...order] }),
    ...(outcome && { outcome: [outcome] }),
    ...(reason && { reason: [reason] }),
  };
  const client = new OpsClient(loadConfig(readEnvironment(), []).ops);
  const show = async (deliveries: readonly DeliveryEvent[]) => {
    for (const delivery of deliveries) await (json ? printJsonLine(delivery) : print(lineOf(delivery)));
  };
  const unseen = new NewDeliveries();
  let state: 'new' | 'following' | 'lost' = 'new';
  let stateSaid: string | undefined;
  for await (const message of client.follow(untilSignalled(), filter)) {
    if (message.kind === 'lost') {
      if (state !== 'lost') say('The daemon does not answer; retrying until it does.');
      state = 'lost';
      continue;
    }
    if (state === 'lost') say('The daemon is back.');
    const found = message.kind === 'tick' ? message.tick : message.snapshot;
    const words = found.consumption.state === 'running' ? undefined : stateInWords(found.consumption).words;
    if (words !== stateSaid) say(words ?? 'RUNNING');
    stateSaid = words;
    const deliveries = unseen.of(found.deliveries);
    await show(state === 'new' ? deliveries.slice(deliveries.length - Math.min(lines, deliveries.length)) : deliveries);
    if (message.kind === 'tick' && message.tick.skipped > 0) {
      say(`… ${counted(message.tick.skipped, 'delivery', 'deliveries')} left out`);
    }
    state = 'following';
  }
  return EXIT.ok;
}

function addOrder(text: string, previous: readonly string[] = []): readonly string[] {
  const orders = addReference(text, previous);
  if (orders.length <= MAX_ORDERS_IN_FILTER) return orders;
  throw new InvalidArgumentError(`Expected at most ${MAX_ORDERS_IN_FILTER} orders.`);
}

function lineOf(delivery: DeliveryEvent): string {
  const time = `${delivery.at.slice(0, 19).replace('T', ' ')}Z`;
  const event = delivery.event === null ? '' : `(${delivery.event})`;
  const order = `${orderOf(delivery)} ${event}`;
  const duration = delivery.tookMs === null ? '' : took(delivery.tookMs);
  return `${time}  ${delivery.outcome.padEnd(13)}  ${order.padEnd(34)}  ${duration.padStart(7)}  ${noteOf(delivery)}`.trimEnd();
}

function parseLines(text: string): number {
  const lines = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (lines <= MAX_LINES_BEFORE) return lines;
  throw new InvalidArgumentError(`Expected a whole number from 0 to ${MAX_LINES_BEFORE}.`);
}
