import { openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { type Logger, pino, stdTimeFunctions } from 'pino';
import { ConfigError } from '../errors.ts';
import { LineWriter, withoutBlocking } from './line-writer.ts';
import { LogWatch } from './log-watch.ts';
import { redactCredentials } from './redact.ts';
import { serializeError } from './serialize-error.ts';

const STDERR = 2;

export interface LogOptions {
  readonly level: string;
  /** Gets every line as well, always as JSON. */
  readonly file?: string | undefined;
  /** Defaults to the process's own. On a terminal, lines are readable instead of JSON. */
  readonly stdout?: { readonly fd: number; readonly isTerminal: boolean };
}

export interface Log {
  readonly logger: Logger;
  /** What of the log can't be written, in sentences: lines are lost. */
  readonly problems: () => readonly string[];
  /** Opens the log file's path again: for SIGUSR2, after logrotate has moved the file away. */
  reopen(): void;
  /** Writes what this turn of the event loop has logged, and syncs the log file to the disk. */
  flush(): void;
}

/**
 * JSON lines with `time` (ISO 8601, UTC), `level` (a word), `msg` and the fields of the call. Credentials in addresses are
 * masked wherever they occur. There are no worker threads, and no buffers beyond one turn of the event loop.
 *
 * @throws ConfigError when the log file cannot be opened
 */
export async function createLogger({ level, file, stdout = ownStdout() }: LogOptions): Promise<Log> {
  const terminal = stdout.isTerminal
    ? new LineWriter(stdout.fd, await readable())
    : new LineWriter(withoutBlocking(stdout.fd));
  const logFile = file === undefined ? undefined : new LineWriter(openLogFile(file));
  const places = [
    { name: 'stdout', writer: terminal },
    ...(logFile === undefined ? [] : [{ name: `the log file ${file}`, writer: logFile }]),
  ];
  const watch = new LogWatch(places, new LineWriter(STDERR));
  const lines = inTurns((text) => {
    for (const { writer } of places) writer.write(text);
    watch.look();
  });
  const logger = pino(
    {
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serializeError },
      hooks: { streamWrite: redactCredentials },
    },
    { write: lines.write },
  );
  return {
    logger,
    problems: () => watch.problems,
    reopen() {
      if (file === undefined || logFile === undefined) return;
      lines.flush();
      try {
        logFile.switchTo(openLogFile(file));
      } catch (err) {
        logger.error({ err }, 'cannot reopen the log file; logging continues in the old one');
      }
    },
    flush() {
      lines.flush();
      logFile?.sync();
    },
  };
}

/**
 * The lines of one turn of the event loop are written together, at its end: a write costs as much for fifty lines as for
 * one. None is lost at exit. A process killed within the turn has not sent its acks either, so its deliveries are repeated.
 */
function inTurns(write: (text: string) => void): { write(line: string): void; flush(): void } {
  let waiting = '';
  const flush = () => {
    const text = waiting;
    waiting = '';
    if (text !== '') write(text);
  };
  process.on('exit', flush);
  return {
    write(line) {
      if (waiting === '') setImmediate(flush);
      waiting += line;
    },
    flush,
  };
}

/** Loaded only for a terminal: a service does not need it. */
async function readable(): Promise<(line: string) => string> {
  const { readableLine } = await import('./readable-line.ts');
  return readableLine({ colour: true });
}

function ownStdout(): { fd: number; isTerminal: boolean } {
  return { fd: 1, isTerminal: isatty(1) };
}

/** Order numbers are confidential: only the owner and the group may read the file. */
const LOG_FILE_MODE = 0o640;

function openLogFile(path: string): number {
  try {
    return openSync(path, 'a', LOG_FILE_MODE);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw new ConfigError(
      [`LOG_FILE: cannot open "${path}" (${code}); expected a file that this user may write, in an existing folder.`],
      { cause },
    );
  }
}
