import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brokerUrl } from '../../scripts/broker-url.ts';

/** One run's settings. Nothing is shared with another run, or with an order-sync installed here. */
export interface DemoSettings {
  readonly brokerUrl: string;
  /** The name of exchange, queue and routing key. */
  readonly queue: string;
  readonly retryDelaysMs: readonly number[];
  /** The daemon's working directory, which has no `.env`. */
  readonly folder: string;
  /** Path of the SQLite file. */
  readonly database: string;
}

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The database is named after the process. It is kept to look at, until a later demo finds that the process is gone.
 *
 * @param folder of all demos' databases
 */
export function demoSettings(folder = resolve('data', 'demo')): DemoSettings {
  removeFormerDatabases(folder);
  return {
    brokerUrl: brokerUrl(),
    queue: `order-sync-demo-${randomBytes(5).toString('hex')}`,
    retryDelaysMs: [500, 1_000, 2_000],
    folder,
    database: join(folder, `${process.pid}.db`),
  };
}

function removeFormerDatabases(folder: string): void {
  for (const file of filesIn(folder)) {
    const [, pid] = /^(\d+)\.db/.exec(file) ?? [];
    if (pid !== undefined && (Number(pid) === process.pid || !isRunning(Number(pid)))) rmSync(join(folder, file));
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No demo has run here yet.
    return [];
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
