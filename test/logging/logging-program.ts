import { createLogger } from '../../src/logging/logger.ts';

/**
 * A program that only logs, for tests that watch it from outside: LINES lines (of `SIZE` bytes) to stdout, and to FILE if
 * given. Then it ends the way END says.
 */
const [lines = '1', size = '0', end = 'exit', file] = process.argv.slice(2);
const log = await createLogger({ level: 'info', file });
for (let line = 1; line <= Number(lines); line++) log.logger.info({ line, padding: 'x'.repeat(Number(size)) }, 'line');
if (end === 'exit') process.exit(3);
if (end === 'kill') setImmediate(() => process.kill(process.pid, 'SIGKILL'));
if (end === 'throw') throw new Error('deliberate');
if (end === 'fatal') log.logger.fatal('the end');
