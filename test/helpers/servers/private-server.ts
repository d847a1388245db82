import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { killTree } from './process-tree.ts';

/** A server that one test owns, and may stop and break. It ends with the process that started it, however that one ends. */
export interface PrivateServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Holds all its files. Removed when the server is disposed of. */
  readonly folder: string;
  /** Starts it again, at the same address with the same data. Resolves when it is ready. */
  start(): Promise<void>;
  /** Stops it cleanly. Resolves when its processes are gone. */
  stop(): Promise<void>;
  /** SIGKILL, as the kernel does when memory runs out. Resolves when its processes are gone. */
  kill(): Promise<void>;
}

export interface ServerCommand {
  /** Its name in error messages. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly url: string;
  readonly port: number;
  /** Stops it cleanly. Sent to its whole process group. */
  readonly stopSignal: NodeJS.Signals;
  /** Resolves to true when it is ready. Rejects or resolves to false before. */
  isReady(): Promise<boolean>;
}

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 30_000;

/** Creates a folder for one server, removed with it. */
export function serverFolder(name: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `order-sync-${name}-`)));
  tellReaper(`+${folder}`);
  return folder;
}

/** Starts a server in the foreground, in a process group of its own. */
export async function startPrivateServer(command: ServerCommand): Promise<PrivateServer> {
  let child: ChildProcess | undefined;
  const server: PrivateServer = {
    url: command.url,
    port: command.port,
    folder: command.folder,
    start: async () => {
      if (child !== undefined) throw new Error(`${command.name} is already running.`);
      child = launch(command);
      await untilReady(command, child);
    },
    stop: async () => {
      if (child !== undefined) await end(command, child, command.stopSignal);
      child = undefined;
    },
    kill: async () => {
      if (child !== undefined) await end(command, child, 'SIGKILL');
      child = undefined;
    },
    [Symbol.asyncDispose]: async () => {
      await server.kill();
      await rm(command.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      tellReaper(`-${command.folder}`);
    },
  };
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

function launch(command: ServerCommand): ChildProcess {
  const log = openSync(logFile(command), 'a');
  const child = spawn(command.program, command.args, {
    cwd: command.folder,
    env: command.env ?? process.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (child.pid !== undefined) tellReaper(`+${child.pid}`);
  return child;
}

async function untilReady(command: ServerCommand, child: ChildProcess): Promise<void> {
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  const ready = (async () => {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await command.isReady().catch(() => false))) {
      if (hasEnded(child)) throw new Error(`${command.name} ended during its start.\n${lastWords(command)}`);
      if (performance.now() > deadline) throw new Error(`${command.name} is not ready in time.\n${lastWords(command)}`);
      await pause(50);
    }
  })();
  await Promise.race([ready, failed]);
}

/** Signals the whole process group, and waits until it is gone. */
async function end(command: ServerCommand, child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const group = child.pid;
  if (group === undefined) return;
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  if (signal === 'SIGKILL') killTree(group);
  let left = signalGroup(group, signal);
  while (left || !hasEnded(child)) {
    if (performance.now() > deadline)
      throw new Error(`${command.name} does not end on ${signal}.\n${lastWords(command)}`);
    await pause(20);
    left = signalGroup(group, 0);
  }
  tellReaper(`-${group}`);
}

/** @returns false when the group is gone */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function logFile(command: ServerCommand): string {
  return join(command.folder, 'output.log');
}

function lastWords(command: ServerCommand): string {
  return readFileSync(logFile(command), 'utf8').trim().split('\n').slice(-15).join('\n');
}

let reaper: ChildProcess | undefined;

/** reaper.ts explains the lines. */
export function tellReaper(line: string): void {
  reaper ??= startReaper();
  reaper.stdin?.write(`${line}\n`);
}

/** One for all servers of this process. Unreferenced, so that this process does not wait for it. */
function startReaper(): ChildProcess {
  const script = fileURLToPath(new URL('reaper.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return child;
}
