import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../real-shops/rig/run-program.ts';
import { ServerProcess } from '../real-shops/rig/server-process.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

type Env = Readonly<Record<string, string>>;

/** order-sync itself, as a company runs it. It can be killed and started again. */
export class Daemon {
  readonly #folder: string;
  readonly #env: Env;
  #starts = 0;
  #process: ServerProcess | undefined;

  constructor(folder: string, env: Env) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#env = env;
  }

  /** @param env on top of its own: another address for Tryton, to be watched there */
  async start(env: Env = {}): Promise<void> {
    this.#starts += 1;
    const logFile = join(this.#folder, `daemon-${this.#starts}.log`);
    const options = { folder: this.#folder, env: { ...this.#env, ...env }, logFile };
    this.#process = new ServerProcess('order-sync', [MAIN, 'start'], options);
    await this.#process.untilReady(async () => (await readFile(logFile, 'utf8')).includes('"msg":"ready'));
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  /** @returns what it printed. @throws Error with it when it ends with another status than those expected */
  async command(args: readonly string[], expected: readonly number[] = [0]): Promise<string> {
    const logFile = join(this.#folder, `${args.join('-').replaceAll(/[^\w-]/g, '-')}.log`);
    await runProgram(process.execPath, [MAIN, ...args], { folder: this.#folder, env: this.#env, logFile, expected });
    return (await readFile(logFile, 'utf8')).trim();
  }
}
