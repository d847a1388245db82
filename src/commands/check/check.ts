import { styleText } from 'node:util';
import type { Command } from 'commander';
import { readEnvironment } from '../../config/load-config.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson, visible } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { checkBroker } from './check-broker.ts';
import { checkConfiguration, ifConfigured } from './check-configuration.ts';
import { checkInternalSystem } from './check-internal-system.ts';
import { type CheckResult, worstStatus } from './check-result.ts';
import { checkShop } from './check-shop.ts';

export function defineCheck(program: Command): void {
  program
    .command('check')
    .summary('try out configuration, broker, shop and internal system')
    .description(
      'Validates the configuration, then tries RabbitMQ, the shop and the internal system, each for at most 15 s. Consumes ' +
        'nothing, makes no queue and writes no order; the tables of the internal system are made if they are missing.',
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync check', 'before the first start, and when something is odd'],
          ['order-sync check --json | jq .ok', 'for a script'],
        ],
        exits: [
          [EXIT.ok, 'all is well: "order-sync start" will work'],
          [EXIT.unavailable, 'broker, shop or internal system does not answer'],
          [EXIT.badConfiguration, 'configuration, credentials, or what broker or database hold, have to be changed'],
        ],
      }),
    )
    .action(run(check));
}

async function check({ json }: { json?: true }): Promise<number> {
  const env = readEnvironment();
  const findings = [
    checkConfiguration(env),
    ...(await Promise.all([
      ifConfigured('RabbitMQ', env, 'rabbitmq', checkBroker),
      ifConfigured('shop', env, 'shop', checkShop),
      ifConfigured('internal system', env, 'internalSystem', checkInternalSystem),
    ])),
  ];
  const status = worstStatus(findings);
  if (json) await printJson({ ok: status === EXIT.ok, checks: findings.map(asJson) });
  else await print(...findings.flatMap(describe));
  return status;
}

function asJson({ name, state, lines, remedy, details }: CheckResult): object {
  return { name, state, message: lines.join('\n'), remedy, ...details };
}

const MARKS = { ok: ['green', '✓'], failed: ['red', '✗'], skipped: ['yellow', '–'] } as const;
const NAME_WIDTH = 'internal system'.length;
const INDENT = ' '.repeat(NAME_WIDTH + 4);

function describe({ name, state, lines, remedy }: CheckResult): string[] {
  const [colour, mark] = MARKS[state];
  const [first = '', ...rest] = [...lines.map(visible), ...(remedy === undefined ? [] : [`→ ${remedy}`])];
  // Coloured when stdout is a terminal that wants it.
  const head = `${styleText(colour, mark, { stream: process.stdout })} ${name.padEnd(NAME_WIDTH)}`;
  return [`${head}  ${first}`, ...rest.map((line) => `${INDENT}${line}`)];
}
