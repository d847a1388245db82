import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CHILD_ENVIRONMENT } from '../../test/helpers/child-environment.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A running `order-sync` command other than the daemon. */
export interface ChaosCommand {
  kill(signal: NodeJS.Signals): void;
  /** What it has printed so far. */
  readonly output: string;
  /** Exit status, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

export function startCommand(
  words: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): ChaosCommand {
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: folder,
    env: { ...CHILD_ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  return {
    get output() {
      return output;
    },
    kill: (signal) => void child.kill(signal),
    exited: new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
    }),
  };
}
