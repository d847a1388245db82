import { type Command, Option } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import { counted } from './cli/counted.ts';
import { EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { addReferenceOrStdin, ReferenceLines, STDIN } from './cli/order-references.ts';
import { print, printJson } from './cli/output.ts';
import { run } from './cli/run.ts';
import { withNames } from './connect/names.ts';
import { publishEvents } from './connect/publish-events.ts';
import { withBroker } from './connect/with-broker.ts';

interface SendOptions {
  readonly event: 'paid' | 'cancelled' | 'updated';
  readonly json?: true;
}

export function defineSend(program: Command): void {
  program
    .command('send')
    .summary('publish order events, like the shop')
    .description(
      'Publishes one event per order, like the shop, but straight into the queue: nobody else who listens on the exchange ' +
        'gets it. The daemon then fetches the order from the shop. Without arguments, or with "-" among them, order numbers ' +
        'are read from stdin, one per line.',
    )
    .argument('[orderNumber...]', "order numbers, or the shop's own ids", addReferenceOrStdin)
    .addOption(
      new Option(
        '--event <type>',
        'what happened: until the shop shows a payment or cancellation, the event is retried',
      )
        .choices(['paid', 'cancelled', 'updated'])
        .default('updated'),
    )
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync send 10086 20261122000123456789', 'look at two orders'],
          ['order-sync send --event paid 10086', 'an order was paid'],
          ['order-sync send < numbers.txt', 'one order number per line'],
        ],
        exits: [
          [EXIT.ok, 'all events are in the queue'],
          [EXIT.failed, 'some lines of stdin are not order numbers; the events for all others are in the queue'],
          [EXIT.usage, 'an argument is not an order number; nothing was sent'],
          [EXIT.unavailable, 'RabbitMQ does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong, or RabbitMQ rejects it'],
        ],
      }),
    )
    .action(run(send));
}

/** Nothing is sent unless all arguments are order numbers: the argument parser has checked them. */
async function send(given: readonly string[], { event, json }: SendOptions): Promise<number> {
  const env = readEnvironment();
  const { rabbitmq } = loadConfig(env, ['rabbitmq']);
  const lines = new ReferenceLines();
  const sent = await withNames(env, (nameToAsk) =>
    withBroker(rabbitmq, (rabbit) =>
      publishEvents(allReferences(given, lines), async (name) =>
        rabbit.enqueue({ orderNumber: await nameToAsk(name), event }),
      ),
    ),
  );
  if (json) await printJson({ sent, skipped: lines.bad });
  else
    await print(`${counted(sent, 'event')} sent${lines.bad === 0 ? '' : `, ${counted(lines.bad, 'line')} skipped`}.`);
  return lines.bad === 0 ? EXIT.ok : EXIT.failed;
}

async function* allReferences(given: readonly string[], lines: ReferenceLines): AsyncGenerator<string> {
  yield* given.filter((reference) => reference !== STDIN);
  if (given.length === 0 || given.includes(STDIN)) yield* lines.read();
}
