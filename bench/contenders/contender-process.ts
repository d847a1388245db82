import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../bench-error.ts';
import type { Contender } from './contenders.ts';
import { type Usage, usageOf } from './process-usage.ts';

/** Variables that a contender inherits. Settings of an order-sync installed here must not reach it. */
const PASSED_ON = /^(?:PATH|HOME|TZ|LANG|LC_.*|LD_LIBRARY_PATH)$/;
/** Acks follow the commit at once. A script that is killed while they are on the way would look wrong. */
const LAST_ACKS_MS = 300;
const STOP_WITHIN_MS = 40_000;

export interface Surroundings {
  /** Node's arguments that run order-sync. */
  readonly product: readonly string[];
  readonly folder: string;
  readonly brokerUrl: string;
  readonly queue: string;
  readonly shopUrl: string;
  readonly databaseUrl: string;
}

/** A running contender, with its log in a file, as under a service manager. */
export class ContenderProcess {
  readonly #contender: Contender;
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #closed: Promise<unknown>;
  /** Rejects when it ends before it is stopped. */
  readonly failed: Promise<never>;
  #isStopping = false;

  constructor(contender: Contender, around: Surroundings) {
    this.#contender = contender;
    const folder = mkdtempSync(join(around.folder, `${contender.name.replaceAll(/[^a-z0-9]+/gi, '-')}-`));
    this.#log = join(folder, 'log');
    const log = openSync(this.#log, 'a');
    const inherited = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
    this.#child = spawn(process.execPath, [...(contender.script ?? around.product), ...contender.arguments], {
      cwd: folder,
      env: {
        ...Object.fromEntries(inherited),
        RABBITMQ_URL: around.brokerUrl,
        RABBITMQ_EXCHANGE: around.queue,
        RABBITMQ_QUEUE: around.queue,
        RABBITMQ_ROUTING_KEY: around.queue,
        SHOP_BASE_URL: around.shopUrl,
        INTERNAL_SYSTEM_URL: around.databaseUrl,
        // The shop's lists are not what is measured.
        RECONCILE_EVERY_MS: '0',
        ...contender.env,
      },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#closed = once(this.#child, 'close').catch(() => undefined);
    this.failed = this.#closed.then(() => {
      if (!this.#isStopping) this.assertAlive();
      return new Promise<never>(() => undefined);
    });
    this.failed.catch(() => undefined);
  }

  usage(): Usage {
    this.assertAlive();
    return usageOf(this.#child.pid ?? 0);
  }

  assertAlive(): void {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) return;
    throw this.failure(`ended unexpectedly (${exitCode ?? signalCode})`);
  }

  /** @throws BenchError when order-sync does not end with status 0 */
  async stop(): Promise<void> {
    await sleep(LAST_ACKS_MS);
    this.assertAlive();
    this.#isStopping = true;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.#closed;
    clearTimeout(timer);
    const { exitCode, signalCode } = this.#child;
    if (this.#contender.stopsCleanly && exitCode !== 0) throw this.failure(`stopped with ${exitCode ?? signalCode}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  failure(what: string): BenchError {
    const lines = readFileSync(this.#log, 'utf8').trimEnd().split('\n');
    const interesting = lines.filter((line) => !/"outcome":"(?:synced|unchanged|stale)"/.test(line)).slice(-10);
    return new BenchError(`${this.#contender.name} ${what}. The end of its log:\n${interesting.join('\n')}`);
  }
}
