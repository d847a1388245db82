import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import type { Logger } from 'pino';
import { retry } from '../../async/retry.ts';
import { BrokerRefusedError } from '../../broker/errors.ts';
import { RabbitMQ } from '../../broker/rabbitmq.ts';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { DEFAULT_WEBHOOK_PORT } from '../../config/webhook-config.ts';
import { ConfigError } from '../../errors.ts';
import { feedWatchdog, notifySystemd } from '../../health/systemd.ts';
import { logConnections } from '../../logging/daemon-log.ts';
import { createLogger } from '../../logging/logger.ts';
import { Webhooks } from '../../webhooks/webhooks.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { run } from '../cli/run.ts';
import { untilSignalled } from '../cli/until-signalled.ts';
import { ownPages } from './own-pages.ts';
import { scanByItself } from './scan-by-itself.ts';

const REFUSED_RETRY_MS = 30_000;

export function defineWebhooks(program: Command): void {
  program
    .command('webhooks')
    .summary("take the shop's webhooks until SIGTERM or Ctrl-C")
    .description(
      "Takes the shop's webhooks and publishes an event for each, in a process of its own; with WEBHOOK_PORT, " +
        '"order-sync start" does it as well. While RabbitMQ is away, events wait on disk, and the shop gets its 200.',
    )
    .option('--port <port>', `where to listen (default: WEBHOOK_PORT, or ${DEFAULT_WEBHOOK_PORT})`, parsePort)
    .addHelpText(
      'after',
      helpText({
        examples: [['order-sync webhooks --port 8080', 'listen there']],
        exits: [
          [EXIT.ok, 'stopped; what RabbitMQ has not confirmed is on disk for the next start'],
          [EXIT.bug, 'a bug in order-sync; please report it'],
          [EXIT.badConfiguration, 'the configuration is wrong, or the port is taken'],
        ],
      }),
    )
    .action(run(webhooks));
}

async function webhooks({ port }: { readonly port?: number }): Promise<number> {
  const env = readEnvironment();
  const config = loadConfig(env, ['rabbitmq']);
  if (config.webhooks === undefined) {
    throw new ConfigError([
      "WEBHOOK_SECRET: not set; expected the secret with which the shop signs, or WEBHOOK_TOKEN if it can't sign.",
    ]);
  }
  const log = await createLogger(config.log);
  const { logger } = log;
  const stopping = untilSignalled();
  process.on('SIGUSR2', () => log.reopen());
  // Unhandled rejections end up here too. What got 200 is in RabbitMQ or on disk.
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'a bug: the process cannot continue');
    log.flush();
    process.exit(EXIT.bug);
  });
  const rabbit = new RabbitMQ({ ...config.rabbitmq, connectionName: 'order-sync webhooks' });
  logConnections(rabbit, logger);
  const service = new Webhooks({
    config: config.webhooks,
    port: port ?? config.webhooks.port ?? DEFAULT_WEBHOOK_PORT,
    rabbit,
    logger,
    scan: (signal) => scanByItself(env, rabbit, logger, signal),
    ownPage: ownPages(() => service.figures),
  });
  try {
    await service.start();
    const connected = connect(rabbit, stopping, logger);
    void notifySystemd(config.notifySocket, 'READY=1', 'STATUS=taking webhooks');
    feedWatchdog(config.notifySocket, config.watchdogMs, () => true);
    if (!stopping.aborted) await once(stopping, 'abort');
    logger.info('stopping: finishing what has arrived');
    await service.stop();
    await rabbit.close();
    await connected;
    logger.info({ spooled: service.figures.spooled }, 'stopped; what RabbitMQ has not confirmed is on disk');
    return EXIT.ok;
  } finally {
    log.flush();
  }
}

/** Refused or not, webhooks go on being taken: the shop would not send them again. Never rejects. */
async function connect(rabbit: RabbitMQ, signal: AbortSignal, logger: Logger): Promise<void> {
  await retry(() => rabbit.open(), {
    isRetryable: (error) => error instanceof BrokerRefusedError,
    delayMs: () => REFUSED_RETRY_MS,
    signal,
    onRetry: ({ message }) =>
      logger.error({ error: message }, 'RabbitMQ refuses us: webhooks wait on disk until it does not'),
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535)
    throw new InvalidArgumentError('Expected a port from 1 to 65535.');
  return port;
}
