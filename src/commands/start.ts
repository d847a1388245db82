import { constants } from 'node:os';
import type { Command } from 'commander';
import { BrokerRefusedError } from '../broker/errors.ts';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import { Daemon } from '../daemon.ts';
import { ConfigError } from '../errors.ts';
import { createLogger } from '../logging/logger.ts';
import { setUpV8 } from '../v8-settings.ts';
import { EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { run } from './cli/run.ts';

export function defineStart(program: Command): void {
  program
    .command('start')
    .summary('run the daemon until SIGTERM or Ctrl-C')
    .description(
      'Runs the daemon: consumes order events from RabbitMQ, fetches each order from the shop, writes it to the internal ' +
        'system, and only then acknowledges the event. If RabbitMQ, the shop or the internal system is down, it waits and ' +
        'resumes automatically. On SIGTERM or Ctrl-C it finishes what is in flight and stops; a second signal ends it at once.',
    )
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync check && order-sync start', 'test everything first'],
          ['LOG_LEVEL=debug order-sync start', 'log more'],
        ],
        exits: [
          [EXIT.ok, 'stopped; everything in flight was finished'],
          [EXIT.bug, 'a bug in order-sync; please report it'],
          [EXIT.drainDeadlinePassed, 'stopped after SHUTDOWN_TIMEOUT_MS; unfinished events are back in the queue'],
          [EXIT.badConfiguration, 'a person must change the configuration, or what the broker or database holds'],
        ],
      }),
    )
    .action(run(start));
}

/**
 * Runs until SIGTERM or SIGINT.
 *
 * @returns the exit status: 0 drained, 75 the drain deadline passed, 78 bad configuration or topology
 */
async function start(): Promise<number> {
  setUpV8();
  const config = loadConfig(readEnvironment());
  const log = await createLogger(config.log);
  const { logger } = log;
  const daemon = new Daemon(config, log);
  const stopRequested = onSignals((signal) => logger.info({ signal }, 'signal received'));
  process.on('SIGUSR2', () => log.reopen());
  // Unhandled rejections end up here too. What was in flight is delivered again after the restart.
  let isEnding = false;
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'a bug: the daemon cannot continue');
    // Two events that each crash the daemon may be in flight at once: both attempts must be counted.
    if (isEnding) return;
    isEnding = true;
    void daemon.crash().finally(() => {
      log.flush();
      process.exit(EXIT.bug);
    });
  });
  try {
    await Promise.race([daemon.start(), stopRequested]);
    await stopRequested;
    return (await daemon.stop()) ? EXIT.ok : EXIT.drainDeadlinePassed;
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof BrokerRefusedError)) throw error;
    logger.fatal({ error: error.message }, 'cannot start: fix the configuration first');
    daemon.gaveUp(error);
    await daemon.stop();
    return EXIT.badConfiguration;
  } finally {
    log.flush();
  }
}

/** Ctrl-C under `npm start` comes twice: from the terminal, and from npm, which passes it on. Nobody presses it twice this soon. */
const SAME_SIGNAL_MS = 200;

/** Resolves at the first SIGTERM or SIGINT. A second one ends the process immediately. */
function onSignals(note: (signal: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        const now = performance.now();
        if (signal === 'SIGINT' && firstAt !== undefined && now - firstAt < SAME_SIGNAL_MS) return;
        // The default handler won't do: in a container we are process 1, for which the kernel has none.
        if (firstAt !== undefined) process.exit(128 + constants.signals[signal]);
        firstAt = now;
        note(signal);
        resolve();
      });
    }
  });
}
