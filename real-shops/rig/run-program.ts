import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';

interface Options {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Its output, both streams. */
  readonly logFile: string;
  /** @defaultValue 0 */
  readonly expected?: readonly number[];
}

/** Runs a program to its end. @throws Error with the end of its output when it fails */
export async function runProgram(program: string, args: readonly string[], options: Options): Promise<void> {
  const log = createWriteStream(options.logFile);
  const child = spawn(program, args, {
    cwd: options.folder,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const status = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal));
  });
  log.end();
  await finished(log);
  if ((options.expected ?? [0]).some((expected) => expected === status)) return;
  throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${await lastLines(options.logFile)}`);
}

export async function lastLines(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim().split('\n').slice(-20).join('\n');
}
