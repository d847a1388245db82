import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { lastLines } from './run-program.ts';

const START_SECONDS = 240;
const STOP_SECONDS = 20;

interface Options {
  /** @defaultValue node */
  readonly program?: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** A server in a process group of its own, so that it takes its children with it. */
export class ServerProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #logFile: string;

  constructor(name: string, args: readonly string[], options: Options) {
    this.#name = name;
    this.#logFile = options.logFile;
    const log = openSync(options.logFile, 'w');
    this.#child = spawn(options.program ?? process.execPath, args, {
      cwd: options.folder,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    // It is no child of the terminal: whatever ends this process has to end it, too.
    const kill = () => this.#signal('SIGKILL');
    process.once('exit', kill);
    this.#child.once('exit', () => process.off('exit', kill));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @throws Error with the end of its log when it ends, or takes too long */
  async untilReady(isReady: () => Promise<boolean>): Promise<void> {
    for (let second = 0; second < START_SECONDS && this.#isRunning; second += 1) {
      if (await isReady().catch(() => false)) return;
      await pause(1_000);
    }
    const state = this.#isRunning ? `was not ready within ${START_SECONDS} s` : 'ended';
    await this.stop();
    throw new Error(`${this.#name} ${state}:\n${await lastLines(this.#logFile)}`);
  }

  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    for (let waited = 0; waited < STOP_SECONDS * 10 && this.#isRunning; waited += 1) await pause(100);
    this.#signal('SIGKILL');
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    this.#signal('SIGKILL');
    while (this.#isRunning) await pause(10);
  }

  get #isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The group is gone.
    }
  }
}
