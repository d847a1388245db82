import { ConfigError } from '../../errors.ts';
import { EXIT, exitStatusOf } from './exit-status.ts';
import { printed, say } from './output.ts';

/**
 * Turns a command into commander's action, which ends the process. Whatever the command throws becomes a message that a
 * person can act on.
 */
export function run<Args extends unknown[]>(
  command: (...args: Args) => Promise<number>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    const status = await command(...args).catch(report);
    await printed();
    process.exit(status);
  };
}

function report(error: unknown): number {
  const status = exitStatusOf(error);
  if (status === undefined) {
    say(
      'order-sync: this is a bug; please report it:',
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
    return EXIT.bug;
  }
  if (error instanceof ConfigError) {
    say('order-sync: the configuration must be changed:', ...error.problems.map((problem) => `  ${problem}`));
  } else {
    say(`order-sync: ${error instanceof Error ? error.message : String(error)}`);
  }
  return status;
}
