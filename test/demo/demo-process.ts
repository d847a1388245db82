import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { aBystander } from '../helpers/broker.ts';

/** The demo, as `npm run demo` starts it, in a folder of its own. */
export interface DemoProcess {
  readonly pid: number;
  /** Path of the SQLite file that the daemon writes. */
  readonly database: string;
  /** Its output so far. */
  output(): string;
  errors(): string;
  /** Resolves when this text is in the output. */
  printed(text: string): Promise<void>;
  /** Ids of its child processes. */
  children(): number[];
  signal(signal: NodeJS.Signals): void;
  /** Exit status, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

/** @param env added to the environment of the tests */
export function startDemo(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): DemoProcess {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-demo-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const script = fileURLToPath(new URL('../../demo/demo.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('Cannot start the demo.');
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk;
    });
  }
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
  });
  // SIGTERM, so that it cleans up after itself even when the test has failed.
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  return {
    pid,
    database: join(folder, 'data', 'demo', `${pid}.db`),
    output: () => text.stdout,
    errors: () => text.stderr,
    printed: (expected) => expect.poll(() => text.stdout, { timeout: 30_000, interval: 20 }).toContain(expected),
    children: () => childrenOf(pid),
    signal: (signal) => void child.kill(signal),
    exited,
  };
}

/** No daemon is left running, and nothing of this run is left in the broker. */
export async function expectNothingLeft(demo: DemoProcess, children: readonly number[]): Promise<void> {
  for (const pid of children) expect(() => process.kill(pid, 0), `process ${pid}`).toThrow('ESRCH');
  const [queue] = /order-sync-demo-[0-9a-f]+/.exec(demo.output()) ?? [];
  if (queue === undefined) throw new Error('The output names no queue.');
  const { model, messages } = await aBystander();
  for (const suffix of ['', '.retry.500', '.retry.1000', '.retry.2000', '.dead-letters']) {
    expect(await messages(`${queue}${suffix}`), `${queue}${suffix}`).toBeUndefined();
  }
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  await expect(channel.checkExchange(queue)).rejects.toThrow('NOT_FOUND');
}

function childrenOf(pid: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid && child !== undefined ? child : []));
}
