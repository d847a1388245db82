import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CHILD_ENVIRONMENT } from '../../test/helpers/child-environment.ts';
import { tellReaper } from '../../test/helpers/servers/private-server.ts';
import type { DaemonRecord } from '../checks/records.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** The real daemon, as a child process. */
export class ChaosDaemon {
  readonly name: string;
  readonly opsPort: number;
  /** Exit status, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;
  readonly #commandLine: string;
  readonly #watchers = new Set<() => void>();
  #output = '';
  #stderr = '';
  #logFile: string | undefined;
  #exit: number | NodeJS.Signals | undefined;
  #expectedExit: number | NodeJS.Signals | undefined;
  #metrics: string | undefined;
  #descriptors: { before: number; after: number } | undefined;

  constructor(options: {
    readonly name: string;
    readonly folder: string;
    readonly opsPort: number;
    readonly env: Readonly<Record<string, string>>;
    /** A program that runs the daemon, such as a shell that sets limits. The daemon's command line follows. */
    readonly wrapper?: readonly string[];
  }) {
    this.name = options.name;
    this.opsPort = options.opsPort;
    const [program = process.execPath, ...args] = [...(options.wrapper ?? []), process.execPath, MAIN, 'start'];
    const env = { ...CHILD_ENVIRONMENT, ...options.env, OPS_PORT: String(options.opsPort) };
    this.#child = spawn(program, args, { cwd: options.folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    // The daemon must not outlive this process, however it ends.
    tellReaper(`+${this.#child.pid}`);
    this.#commandLine = read(`/proc/${this.#child.pid}/cmdline`);
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
      for (const watcher of this.#watchers) watcher();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        tellReaper(`-${this.#child.pid}`);
        this.#exit = code ?? signal ?? 'SIGKILL';
        for (const watcher of this.#watchers) watcher();
        resolve(this.#exit);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves to true when this text is in its log, or to false when it ended first. */
  said(text: string, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.#output.includes(text);
        if (!found && this.#exit === undefined && !signal?.aborted) return;
        this.#watchers.delete(look);
        resolve(found);
      };
      this.#watchers.add(look);
      signal?.addEventListener('abort', look, { once: true });
      look();
    });
  }

  async ready(): Promise<void> {
    if (await this.said('"msg":"ready')) {
      const open = this.#openDescriptors();
      this.#descriptors ??= { before: open, after: open };
      return;
    }
    throw new Error(`${this.name} ended with ${this.#exit} before it was ready:\n${this.#output}${this.#stderr}`);
  }

  /** @param expectedExit the status it should end with; not needed for SIGKILL */
  signal(signal: NodeJS.Signals, expectedExit?: number | NodeJS.Signals): void {
    if (signal === 'SIGKILL') this.#expectedExit = 'SIGKILL';
    else if (expectedExit !== undefined) this.#expectedExit = expectedExit;
    this.#child.kill(signal);
  }

  expectExit(status: number | NodeJS.Signals): void {
    this.#expectedExit = status;
  }

  /** For a daemon whose standard output is broken: the record takes the lines from this file. */
  readLogFrom(file: string): void {
    this.#logFile = file;
  }

  /** Stops reading its standard output, so that the pipe fills up. */
  stallOutput(): void {
    this.#child.stdout?.pause();
  }

  /** Closes the reading end of its standard output. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  memoryMegabytes(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${this.pid}/status`)) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  }

  async kill(): Promise<void> {
    if (!this.isRunning) return;
    this.signal('SIGKILL');
    // Its wrapper and its child processes go with it.
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
    await this.exited;
  }

  /** Reads its metrics and descriptors, for the record. */
  async takeStock(): Promise<void> {
    if (!this.isRunning) return;
    if (this.#descriptors !== undefined) this.#descriptors.after = this.#openDescriptors();
    this.#metrics = await this.ask('/metrics');
  }

  /** A page from its operations port; undefined when it does not answer. */
  async ask(path: string): Promise<string | undefined> {
    try {
      const reply = await fetch(`http://127.0.0.1:${this.opsPort}${path}`, { signal: AbortSignal.timeout(2_000) });
      return await reply.text();
    } catch {
      return undefined;
    }
  }

  record(): DaemonRecord {
    return {
      name: this.name,
      output: (this.#logFile === undefined ? this.#output : read(this.#logFile))
        .split('\n')
        .filter((line) => line !== ''),
      stderr: this.#stderr,
      commandLine: this.#commandLine,
      exit: this.#exit,
      expectedExit: this.#expectedExit,
      metrics: this.#metrics,
      descriptors: this.#descriptors,
    };
  }

  #openDescriptors(): number {
    try {
      return readdirSync(`/proc/${this.pid}/fd`).length;
    } catch {
      return 0;
    }
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
