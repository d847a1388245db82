import { mkdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { runProgram } from './rig/run-program.ts';
import { ServerProcess } from './rig/server-process.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface StoredOrder {
  readonly shopOrderId: string;
  readonly document: unknown;
  readonly isFlagged: boolean;
}

const row = z.object({ shop_order_id: z.string(), document: z.string(), totals_mismatch: z.number() });

/** order-sync itself, as a merchant runs it, on a SQLite file. */
export class OrderSync {
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  /** The path of its SQLite file. */
  readonly database: string;
  #server: ServerProcess | undefined;

  constructor(folder: string, env: Readonly<Record<string, string>>) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.database = join(folder, 'internal.db');
    const patience = { RETRY_DELAYS_MS: '1000,5000,20000', SHOP_TIMEOUT_MS: '60000' };
    this.#env = { INTERNAL_SYSTEM_URL: `sqlite:${this.database}`, ...patience, ...env };
  }

  async start(): Promise<void> {
    const logFile = join(this.#folder, 'daemon.log');
    const options = { folder: this.#folder, env: this.#env, logFile };
    this.#server = new ServerProcess('order-sync', [MAIN, 'start'], options);
    await this.#server.untilReady(async () => (await readFile(logFile, 'utf8')).includes('"msg":"ready'));
  }

  /** @throws Error with its output when it ends with another status than those expected */
  async command(args: readonly string[], expected: readonly number[] = [0]): Promise<string> {
    const logFile = join(this.#folder, `${args.join('-').replaceAll(' ', '-')}.log`);
    await runProgram(process.execPath, [MAIN, ...args], { folder: this.#folder, env: this.#env, logFile, expected });
    return (await readFile(logFile, 'utf8')).trim();
  }

  orders(): StoredOrder[] {
    const database = new DatabaseSync(this.database, { readOnly: true });
    try {
      const rows = database.prepare('SELECT shop_order_id, document, totals_mismatch FROM orders').all();
      return z
        .array(row)
        .parse(rows)
        .map(({ shop_order_id, document, totals_mismatch }) => ({
          shopOrderId: shop_order_id,
          document: JSON.parse(document),
          isFlagged: totals_mismatch === 1,
        }));
    } finally {
      database.close();
    }
  }

  /** Without any warning. */
  async kill(): Promise<void> {
    await this.#server?.kill();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
