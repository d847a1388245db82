import type { CommonConfig } from '../../config/load-config.ts';
import { createLogger } from '../../logging/logger.ts';
import { commandActor } from '../connect/command-actor.ts';

/**
 * Says in the log that a person deleted something, as the dashboard does: on stderr, and in LOG_FILE.
 *
 * @param fields no personal data
 * @throws ConfigError when the log file cannot be opened
 */
export async function audit(
  log: CommonConfig['log'],
  action: string,
  fields: Readonly<Record<string, unknown>>,
  text: string,
): Promise<void> {
  const { logger, flush } = await createLogger({ ...log, stdout: { fd: 2, isTerminal: process.stderr.isTTY } });
  logger.warn({ audit: action, name: commandActor().name, ...fields }, `${action}: ${text}`);
  flush();
}
