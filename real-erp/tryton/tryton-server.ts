import { join } from 'node:path';
import { ServerProcess } from '../../real-shops/rig/server-process.ts';
import { FOLDER } from './folder.ts';

const TRYTOND = '/usr/bin/trytond';

/** Tryton itself, which can be killed and started again on the same database. */
export class TrytonServer {
  readonly #config: string;
  readonly #port: number;
  readonly #database: string;
  #process: ServerProcess | undefined;

  constructor(config: string, port: number, database: string) {
    this.#config = config;
    this.#port = port;
    this.#database = database;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const args = ['-c', this.#config, '-d', this.#database];
    const logFile = join(FOLDER, 'trytond.log');
    this.#process = new ServerProcess('trytond', args, { program: TRYTOND, folder: FOLDER, env: {}, logFile });
    const json = { id: 0, method: 'common.server.version', params: [] };
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) };
    await this.#process.untilReady(async () => (await fetch(`${this.url}/`, request)).ok);
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }
}
