import { ConfigError } from '../../errors.ts';
import { EXIT, exitStatusOf } from './exit-status.ts';
import { printed, say } from './output.ts';

/** Makes a command's action: runs it, turns what it throws into a message a person can act on, and ends the process. */
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
      'order-sync: a bug; please report this:',
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
    return EXIT.bug;
  }
  if (error instanceof ConfigError) {
    say('order-sync: the configuration has to be changed:', ...error.problems.map((problem) => `  ${problem}`));
  } else {
    say(`order-sync: ${error instanceof Error ? error.message : String(error)}`);
  }
  return status;
}
