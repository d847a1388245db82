import { constants } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import { BrokerRefusedError } from '../broker/errors.ts';
import { loadConfig, readEnvironment } from '../config/load-config.ts';
import { Daemon } from '../daemon.ts';
import { ConfigError } from '../errors.ts';
import { createLogger } from '../logging/logger.ts';
import { EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { run } from './cli/run.ts';

export function defineStart(program: Command): void {
  program
    .command('start')
    .summary('run the daemon: consume order events until SIGTERM or Ctrl-C')
    .description(
      'Runs the daemon: takes order events from RabbitMQ, fetches each order from the shop, writes it into the internal ' +
        'system, and only then acknowledges the event. Waits for whatever is away, and goes on by itself when it is back. ' +
        'SIGTERM and Ctrl-C finish what is in flight; a second signal ends it at once.',
    )
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync check && order-sync start', 'see first whether everything can be reached'],
          ['LOG_LEVEL=debug order-sync start', 'say more'],
        ],
        exits: [
          [EXIT.ok, 'stopped; all that was in flight is done'],
          [EXIT.bug, 'a bug'],
          [EXIT.drainDeadlinePassed, 'stopped; SHUTDOWN_TIMEOUT_MS passed, and the rest is back in the queue'],
          [EXIT.badConfiguration, 'the configuration, or what broker or database hold, has to be changed'],
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
  // V8 lets garbage grow to a multiple of what is in use before it collects, for machines with much memory. The daemon
  // shares its machine: collecting sooner saves a quarter of its peak memory and costs no throughput that could be measured.
  setFlagsFromString('--heap-growing-percent=30');
  const config = loadConfig(readEnvironment());
  const log = await createLogger(config.log);
  const { logger } = log;
  const daemon = new Daemon(config, log);
  const stopRequested = onSignals((signal) => logger.info({ signal }, 'signal received'));
  process.on('SIGUSR2', () => log.reopen());
  // Unhandled rejections end up here too. What was in hand is delivered again after the restart.
  let isEnding = false;
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'a bug: the daemon cannot go on');
    // Bugs come together: two events that each crash it may be in hand at once. Both attempts are to be counted.
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
    return (await daemon.stop()) === 0 ? EXIT.ok : EXIT.drainDeadlinePassed;
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof BrokerRefusedError)) throw error;
    logger.fatal({ error: error.message }, 'cannot start: change the configuration first');
    await daemon.stop();
    return EXIT.badConfiguration;
  } finally {
    log.flush();
  }
}

/** Resolves at the first SIGTERM or SIGINT. The second one ends the process at once. */
function onSignals(note: (signal: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let isFirst = true;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        // Not by the default handler: in a container we are process 1, for which the kernel has none.
        if (!isFirst) process.exit(128 + constants.signals[signal]);
        isFirst = false;
        note(signal);
        resolve();
      });
    }
  });
}
