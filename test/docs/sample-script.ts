import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

export interface SampleScript {
  /** What it has printed so far, line by line. */
  readonly lines: readonly string[];
  /** Resolves with the exit status, and with what went to stderr. */
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string }>;
  stop(): void;
}

/** The address in every sample. */
const DOCUMENTED_URL = 'amqp://shop:another-long-password@127.0.0.1:5672';

export interface Surroundings {
  readonly url: string;
  /** Instead of the documented name of exchange, queue and routing key. */
  readonly queue: string;
  /** Other texts to replace. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Files that the sample reads from its working directory. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** Runs a documented sample as a program of its own, on the tests' broker. Ended and removed after the test. */
export function runSample(sample: string, { url, queue, replace = {}, files = {} }: Surroundings): SampleScript {
  const texts = {
    "'order-sync'": `'${new URL('../../src/index.ts', import.meta.url).href}'`,
    [DOCUMENTED_URL]: url,
    "'orders'": `'${queue}'`,
    ...replace,
  };
  const code = Object.entries(texts).reduce((found, [from, to]) => found.replaceAll(from, to), sample);
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
  for (const [name, content] of Object.entries({ ...files, 'sample.mjs': code }))
    writeFileSync(join(folder, name), content);
  const child = spawn(process.execPath, ['sample.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
    await rm(folder, { recursive: true });
  });
  return {
    lines,
    ended: closed.then(() => ({ status: child.exitCode, stderr })),
    stop: () => void child.kill('SIGTERM'),
  };
}
