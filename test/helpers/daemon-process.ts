import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { aQueueName, BROKER_URL } from './broker.ts';
import { CHILD_ENVIRONMENT } from './child-environment.ts';

/** One line of the daemon's log, as JSON. */
export type LogLine = Record<string, unknown> & { readonly msg: string };

/** The real daemon, as a child process in a folder of its own. */
export interface DaemonProcess {
  readonly queue: string;
  readonly pid: number;
  readonly lines: readonly LogLine[];
  /** Its stderr, which stays empty unless it could not start. */
  readonly stderr: () => string;
  /** Settled deliveries, in order. */
  outcomes(): { reference: unknown; outcome: unknown; reason: unknown }[];
  /** Resolves to the first log line that matches, past or future. Rejects when the daemon ends without one. */
  line(matches: (line: LogLine) => boolean): Promise<LogLine>;
  ready(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Exit status, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

export const RETRY_DELAYS_MS = [200, 400];

/** A folder, a queue and an environment, which several daemons can share. Removed after the test. */
export function aWorkplace(env: Readonly<Record<string, string>> = {}): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const queue = aQueueName(env['RABBITMQ_URL'] ?? BROKER_URL, RETRY_DELAYS_MS);
  const database = join(folder, 'internal.db');
  return {
    folder,
    queue,
    database,
    env: {
      ...CHILD_ENVIRONMENT,
      RABBITMQ_URL: BROKER_URL,
      RABBITMQ_EXCHANGE: queue,
      RABBITMQ_QUEUE: queue,
      RABBITMQ_ROUTING_KEY: queue,
      RETRY_DELAYS_MS: RETRY_DELAYS_MS.join(','),
      INTERNAL_SYSTEM_URL: `sqlite:${database}`,
      RECONCILE_EVERY_MS: '0',
      ...env,
    },
  };
}

export interface Workplace {
  readonly folder: string;
  readonly queue: string;
  readonly database: string;
  readonly env: Readonly<Record<string, string>>;
  /** The program. @defaultValue that of this checkout */
  readonly main?: string;
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Starts a daemon there, or another command that runs on. If it still runs after the test, it is killed. */
export function startDaemon(
  workplace: Workplace,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = ['start'],
): DaemonProcess {
  const { main = MAIN } = workplace;
  const child = spawn(process.execPath, [main, ...args], {
    cwd: workplace.folder,
    env: { ...workplace.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return observe(child, workplace.queue, exited);
}

function observe(child: ChildProcess, queue: string, exited: Promise<number | NodeJS.Signals>): DaemonProcess {
  const lines: LogLine[] = [];
  const watchers = new Set<() => void>();
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      lines.push(JSON.parse(text) as LogLine);
      for (const watcher of watchers) watcher();
    });
  }
  const line = (matches: (line: LogLine) => boolean): Promise<LogLine> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = lines.find(matches);
        if (found === undefined) return;
        watchers.delete(look);
        resolve(found);
      };
      watchers.add(look);
      look();
      void exited.then((status) =>
        reject(new Error(`the daemon ended with ${status} before that line; stderr: ${stderr}`)),
      );
    });
  return {
    queue,
    pid: child.pid ?? 0,
    lines,
    stderr: () => stderr,
    outcomes: () =>
      lines
        .filter((entry) => entry['outcome'] !== undefined)
        .map((entry) => ({
          reference: entry['orderNumber'] ?? entry['reference'],
          outcome: entry['outcome'],
          reason: entry['reason'],
        })),
    line,
    ready: async () => void (await line((entry) => entry.msg.startsWith('ready'))),
    signal: (signal) => void child.kill(signal),
    exited,
  };
}
