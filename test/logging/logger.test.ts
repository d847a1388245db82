import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { createLogger, type Log } from '../../src/logging/logger.ts';

const PROGRAM = fileURLToPath(new URL('logging-program.ts', import.meta.url));

let folder: string;
let stdout: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-sync-log-'));
  stdout = openSync(join(folder, 'stdout'), 'w');
});
afterEach(() => {
  for (const log of logs.splice(0)) log.flush();
  closeSync(stdout);
  rmSync(folder, { recursive: true });
});

type Line = Record<string, unknown>;

/** What the logs of this test have written, including their last turn. */
function linesIn(name: string): Line[] {
  for (const log of logs) log.flush();
  return readFileSync(join(folder, name), 'utf8')
    .split(/(?<=\n)/)
    .map((line) => JSON.parse(line));
}

/** Without the one that says of another log that it can't be written. */
function ownLines(name: string): Line[] {
  return linesIn(name).filter(({ msg }) => msg === 'line');
}

const logs: Log[] = [];

async function aLog(options: { level?: string; isTerminal?: boolean; file?: string } = {}): Promise<Log> {
  const { level = 'info', isTerminal = false, file } = options;
  const log = await createLogger({ level, stdout: { fd: stdout, isTerminal }, file });
  logs.push(log);
  return log;
}

/** Runs a shell command in which `$LOG` is the logging program. @returns exit status and output */
function shell(command: string): Promise<{ status: number | null; output: string }> {
  const env = { PATH: process.env['PATH'] ?? '', LOG: `${process.execPath} ${PROGRAM}` };
  const child = spawn('bash', ['-c', command], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | null; output: string }>();
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  child.on('error', reject);
  child.on('close', (status) => resolve({ status, output }));
  return promise;
}

describe('lines', () => {
  test('are JSON with a UTC time and the level as a word', async () => {
    const { logger } = await aLog();
    logger.warn({ orderNumber: '1' }, 'hello');
    logger.debug('not this one');
    expect(linesIn('stdout')).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        pid: process.pid,
        hostname: expect.any(String),
        orderNumber: '1',
        msg: 'hello',
      },
    ]);
  });

  test('hold no credentials of an address, wherever it occurs', async () => {
    const { logger } = await aLog();
    const err = new Error('cannot reach amqp://user:secret@host');
    logger.error(
      { err, url: 'postgres://user:secret@host/db', deep: { url: ['http://user:secret@host'] } },
      err.message,
    );
    logger.error(err);
    expect(readFileSync(join(folder, 'stdout'), 'utf8')).not.toContain('secret');
    expect(linesIn('stdout')[0]).toMatchObject({
      msg: 'cannot reach amqp://***@host',
      url: 'postgres://***@host/db',
      err: { type: 'Error', message: 'cannot reach amqp://***@host' },
    });
  });

  test('are readable on a terminal and JSON in the file', async () => {
    const { logger } = await aLog({ isTerminal: true, file: join(folder, 'log') });
    logger.info({ queue: 'orders' }, 'ready');
    expect(linesIn('log')).toMatchObject([{ level: 'info', msg: 'ready', queue: 'orders' }]);
    expect(readFileSync(join(folder, 'stdout'), 'utf8')).toMatch(/^\[\d\d:.* \S*INFO\S* \S*ready/);
  });
});

describe('the log file', () => {
  test('is appended to, and not readable for everyone', async () => {
    (await aLog({ file: join(folder, 'log') })).logger.info('before');
    (await aLog({ file: join(folder, 'log') })).logger.info('after');
    expect(linesIn('log').map(({ msg }) => msg)).toEqual(['before', 'after']);
    expect(statSync(join(folder, 'log')).mode & 0o007).toBe(0);
  });

  test('that logrotate moved away continues in a new one, and no line is lost', async () => {
    const log = await aLog({ file: join(folder, 'log') });
    log.logger.info('1');
    renameSync(join(folder, 'log'), join(folder, 'log.1'));
    log.logger.info('2');
    log.reopen();
    log.logger.info('3');
    log.flush();
    expect(linesIn('log.1').map(({ msg }) => msg)).toEqual(['1', '2']);
    expect(linesIn('log').map(({ msg }) => msg)).toEqual(['3']);
  });

  test('is closed when another replaces it', async () => {
    const log = await aLog({ file: join(folder, 'log') });
    const openFiles = () => readdirSync('/proc/self/fd').length;
    const before = openFiles();
    for (let rotation = 0; rotation < 5; rotation++) log.reopen();
    expect(openFiles()).toBe(before);
  });

  test('that cannot be reopened stays in use, and says so', async () => {
    const log = await aLog({ file: join(folder, 'log') });
    renameSync(join(folder, 'log'), join(folder, 'log.1'));
    mkdirSync(join(folder, 'log'));
    log.reopen();
    log.logger.info('still here');
    expect(linesIn('log.1').map(({ msg }) => msg)).toEqual([
      'cannot reopen the log file; logging continues in the old one',
      'still here',
    ]);
  });

  test('that cannot be opened at the start is a configuration error', async () => {
    const file = join(folder, 'missing', 'log');
    await expect(aLog({ file })).rejects.toThrow(ConfigError);
    await expect(aLog({ file })).rejects.toThrow(/^LOG_FILE: cannot open ".*" \(ENOENT\); expected/);
  });
});

describe('no line is lost', () => {
  test.each([
    ['exit', 3],
    ['kill', 137],
    ['throw', 1],
    ['fatal', 0],
  ])('when the process ends by %s', async (end, status) => {
    const done = await shell(`$LOG 2000 200 ${end} log 2>stderr >stdout; exit $?`);
    expect(done.status).toBe(status);
    for (const name of ['stdout', 'log']) {
      expect(linesIn(name).filter(({ msg }) => msg === 'line')).toHaveLength(2000);
    }
  });

  test('through a pipe with a slow reader, in order and whole', async () => {
    const { output } = await shell('$LOG 5000 200 end | (sleep 0.3; cat)');
    const lines = output.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).line)).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1));
  });
});

describe('the daemon lives on', () => {
  test('when the reader of stdout is gone', async () => {
    const { output } = await shell('{ $LOG 2000 200 end log; echo "status $?" >status; } | true; cat status');
    expect(output).toBe('status 0\n');
    expect(ownLines('log')).toHaveLength(2000);
  });

  test('when stdout is closed', async () => {
    const { status } = await shell('$LOG 10 10 end log >&-');
    expect(status).toBe(0);
    expect(linesIn('log')).toHaveLength(10);
  });

  test('when the disk is full', async () => {
    const { status, output } = await shell('$LOG 20 10 end /dev/full');
    expect(status).toBe(0);
    expect(output.match(/"msg":"line"/g)).toHaveLength(20);
  });

  test('when the reader of stdout stalls: lines are dropped there, the file has them all', async () => {
    // The reader takes nothing until the writer has ended.
    const { output } = await shell('mkfifo ended; { $LOG 5000 200 end log; echo >ended; } | { read -r <ended; cat; }');
    expect(ownLines('log')).toHaveLength(5000);
    const lines = output.split('\n').slice(0, -1);
    expect(lines.length).toBeLessThan(5000);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ line: 1 });
  });
});
