import type { Command } from 'commander';
import { readEnvironment } from '../../config/read-environment.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { markedLines } from '../cli/marked-lines.ts';
import { addReference } from '../cli/order-references.ts';
import { print, printJson } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { checkAlerts } from './check-alerts.ts';
import { checkBroker } from './check-broker.ts';
import { checkConfiguration, ifConfigured } from './check-configuration.ts';
import { checkDaemon } from './check-daemon.ts';
import { checkInternalSystem } from './check-internal-system.ts';
import { checkOrder } from './check-order.ts';
import { type CheckResult, worstStatus } from './check-result.ts';
import { checkShop } from './check-shop.ts';
import { checkWebhooks } from './check-webhooks.ts';

export function defineCheck(program: Command): void {
  program
    .command('check')
    .summary('test the configuration, RabbitMQ, the shop, the internal system and the running daemon')
    .description(
      'Validates the configuration, then connects to RabbitMQ, the shop and the internal system, for up to 15 s each. ' +
        'With OPS_PORT, asks the daemon that runs here whether it is ready, or why not. Given order numbers, fetches those orders and says whether they fit. Consumes no event, declares no queue, writes no order and sends no alert; creates the tables of the internal system if they are ' +
        'missing.',
    )
    .argument('[order-number...]', 'orders to fetch from the shop, and to look at as the daemon would', addReference)
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync check', 'before the first start, and whenever something looks wrong'],
          ['order-sync check 10086', 'is the path right, and does this order fit?'],
          ['order-sync check --json | jq .ok', 'for a script'],
        ],
        exits: [
          [EXIT.ok, 'everything works: "order-sync start" will too'],
          [EXIT.failed, 'the shop has no such order, or it does not fit'],
          [EXIT.unavailable, 'RabbitMQ, the shop or the internal system does not answer, or the daemon is not ready'],
          [EXIT.badConfiguration, 'a person must change the configuration, or what the broker or database holds'],
        ],
      }),
    )
    .action(run(check));
}

async function check(references: readonly string[], { json }: { json?: true }): Promise<number> {
  const env = readEnvironment();
  const results = [
    checkConfiguration(env),
    ...(await Promise.all([
      ifConfigured('RabbitMQ', env, 'rabbitmq', checkBroker),
      ifConfigured('shop', env, 'shop', checkShop),
      ...references.map((reference) => ifConfigured('order', env, 'shop', (config) => checkOrder(config, reference))),
      ifConfigured('internal system', env, 'internalSystem', checkInternalSystem),
    ])),
    ...(await checkWebhooks(env)),
    ...(await checkDaemon(env)),
    ...checkAlerts(env),
  ];
  const status = worstStatus(results);
  if (json) await printJson({ ok: status === EXIT.ok, checks: results.map(asJson) });
  else await print(...results.flatMap(describe));
  return status;
}

function asJson({ name, state, lines, remedy, details }: CheckResult): object {
  return { name, state, message: lines.join('\n'), remedy, ...details };
}

const NAME_WIDTH = 'internal system'.length;

function describe({ name, state, lines, remedy }: CheckResult): string[] {
  return markedLines(state, name, NAME_WIDTH, [...lines, ...(remedy === undefined ? [] : [`→ ${remedy}`])]);
}
