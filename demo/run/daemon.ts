import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DemoError } from './errors.ts';
import { type DemoSettings, PROJECT } from './settings.ts';

/** The time the daemon gets to finish what is in flight, and a little more before it is killed. */
const SHUTDOWN_TIMEOUT_MS = 5_000;
const KILL_AFTER_MS = 10_000;

/** Variables that the daemon inherits. Settings of an order-sync installed here must not reach it. */
const PASSED_ON = /^(?:PATH|HOME|TZ|LANG|LC_.*|LD_LIBRARY_PATH|NODE_.*|SYSTEMROOT|TEMP|TMP)$/i;

export interface DaemonOptions extends DemoSettings {
  readonly shop: { readonly url: string; readonly token: string };
  /** Called with each line of its log, as JSON text. */
  readonly onLine: (line: string) => void;
}

/** The real daemon, as a child process. */
export class DemoDaemon {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended = new AbortController();
  #isStopping = false;
  #stderr = '';

  constructor(options: DaemonOptions) {
    mkdirSync(options.folder, { recursive: true });
    const child = spawn(process.execPath, [join(PROJECT, 'src', 'main.ts'), 'start'], {
      cwd: options.folder,
      env: environment(options),
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a process group of its own: Ctrl-C reaches only the demo, which then stops the daemon.
      detached: true,
    });
    this.#child = child;
    // However this process ends, short of SIGKILL, the daemon does not outlive it.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    this.#closed = once(child, 'close').finally(() => process.off('exit', kill));
    this.#closed.catch(() => undefined);
    child.once('error', (error) => this.#end(new DemoError('Cannot start the daemon.', { cause: error })));
    child.once('close', () => this.#end(new DemoError(this.#lastWords())));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      options.onLine(line);
      if (line.includes('"msg":"ready')) this.#ready.resolve();
    });
  }

  /** Aborted when the daemon ends without being stopped; the reason says how. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Resolves when the daemon is consuming. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** SIGTERM, then SIGKILL if that does not help. @returns how it ended, such as "exit status 0" */
  async stop(): Promise<string> {
    this.#isStopping = true;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), KILL_AFTER_MS);
    await this.#closed.catch(() => undefined);
    clearTimeout(timer);
    return this.#howItEnded();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #end(error: DemoError): void {
    if (!this.#isStopping) this.#ended.abort(error);
  }

  #howItEnded(): string {
    const { exitCode, signalCode } = this.#child;
    return signalCode === null ? `exit status ${exitCode}` : `signal ${signalCode}`;
  }

  #lastWords(): string {
    const words = this.#stderr.trim();
    return `The daemon ended unexpectedly (${this.#howItEnded()})${words === '' ? '.' : `: ${words}`}`;
  }
}

function environment(options: DaemonOptions): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
  return {
    ...Object.fromEntries(inherited),
    RABBITMQ_URL: options.brokerUrl,
    RABBITMQ_EXCHANGE: options.queue,
    RABBITMQ_QUEUE: options.queue,
    RABBITMQ_ROUTING_KEY: options.queue,
    SHOP_BASE_URL: options.shop.url,
    SHOP_TOKEN: options.shop.token,
    SHOP_TIMEOUT_MS: '1500',
    INTERNAL_SYSTEM_URL: `sqlite:${options.database}`,
    RETRY_DELAYS_MS: options.retryDelaysMs.join(','),
    SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_TIMEOUT_MS),
  };
}
