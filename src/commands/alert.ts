import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { pino } from 'pino';
import type { AlertMessage } from '../alerts/alert-message.ts';
import { Alerts, type Delivered } from '../alerts/alerts.ts';
import { createTargets } from '../alerts/targets/create-targets.ts';
import type { AlertLanguage } from '../alerts/targets/letter.ts';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import { ConfigError } from '../errors.ts';
import { problem } from '../settings/problems.ts';
import { EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { markedLines } from './cli/marked-lines.ts';
import { print, printJson } from './cli/output.ts';
import { run } from './cli/run.ts';

export function defineAlert(program: Command): void {
  program
    .command('alert')
    .summary('send a test alert to each address of ALERT_URL')
    .description(
      'Sends a test alert to each address of ALERT_URL, once, and says what each answered. "check" names the addresses ' +
        'and sends nothing.',
    )
    .requiredOption('--test', 'send a test alert')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        examples: [['order-sync alert --test', 'would an alert arrive?']],
        exits: [
          [EXIT.ok, 'every address took it'],
          [EXIT.unavailable, 'an address did not answer, or asks us to try later'],
          [EXIT.badConfiguration, 'ALERT_URL is not set or wrong, or an address refuses the alert'],
        ],
      }),
    )
    .action(run(alert));
}

const CLOSE_TIMEOUT_MS = 1_000;

async function alert({ json }: { readonly json?: true }): Promise<number> {
  const { alerts: config, shopName } = loadConfig(readEnvironment(), []);
  if (config === undefined) {
    throw new ConfigError([
      problem('ALERT_URL', 'not set', 'the addresses to which alerts are sent; see docs/alerts.md'),
    ]);
  }
  const alerts = new Alerts({ targets: createTargets(config), logger: pino({ enabled: false }) });
  const delivered = await alerts.deliver(testMessage(shopName, config.language));
  await alerts.close(CLOSE_TIMEOUT_MS);
  const status = Math.max(...delivered.map(statusOf));
  if (json) await printJson({ ok: status === EXIT.ok, targets: delivered.map(asJson) });
  else await print(...describe(delivered));
  return status;
}

function statusOf({ error }: Delivered): number {
  if (error === undefined) return EXIT.ok;
  return error.mayPass ? EXIT.unavailable : EXIT.badConfiguration;
}

function asJson({ target, host, error }: Delivered): object {
  const common = { target, host, ok: error === undefined };
  return error === undefined ? common : { ...common, message: error.message, mayPass: error.mayPass };
}

function describe(delivered: readonly Delivered[]): string[] {
  const width = Math.max(...delivered.map(({ target }) => target.length));
  return delivered.flatMap(({ target, host, error }) =>
    error === undefined
      ? markedLines('ok', target, width, [host])
      : markedLines('failed', target, width, [host, error.message]),
  );
}

const WORDS: Readonly<Record<AlertLanguage, Pick<AlertMessage, 'title' | 'lines'>>> = {
  en: {
    title: 'This is a test',
    lines: ['If you can read this, alerts arrive here.', 'Nothing has happened, and there is nothing to do.'],
  },
  zh: {
    title: '这是一条测试告警',
    lines: ['看到这条消息，说明告警能够送达此处。', '没有发生任何异常，无需处理。'],
  },
};

function testMessage(shop: string, language: AlertLanguage): AlertMessage {
  const { title, lines } = WORDS[language];
  return { id: randomUUID(), kind: 'test', severity: 'info', at: new Date(), shop, title, lines, facts: {} };
}
