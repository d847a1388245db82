import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { type ShopBehaviour, type ShopCommand, type ShopNews, shopNews } from '../shop/shop-messages.ts';
import { orderNumber } from './orders.ts';

const SERVER = fileURLToPath(new URL('../shop/shop-server.ts', import.meta.url));
const WARM_UP_REQUESTS = 3_000;

/** The benchmark's shop, in a process of its own. */
export class ShopProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(behaviour: Partial<ShopBehaviour> = {}): Promise<ShopProcess> {
    const full: ShopBehaviour = { latencyMs: 0, requestsPerSecond: null, changesOrders: false, ...behaviour };
    const child = fork(SERVER, [JSON.stringify(full)], { stdio: 'inherit' });
    const { port } = await news(child, 'listening');
    const shop = new ShopProcess(child, port);
    if (full.latencyMs === 0 && full.requestsPerSecond === null) await shop.#warmUp();
    return shop;
  }

  /** Holds back all replies from now on. Resolves when the first request waits for one. */
  hold(): Promise<void> {
    const waiting = news(this.#child, 'waiting');
    this.#command('hold');
    return waiting.then(() => undefined);
  }

  async release(): Promise<void> {
    const released = news(this.#child, 'released');
    this.#command('release');
    await released;
  }

  /** The last version of each order that was served. */
  async versions(): Promise<ReadonlyMap<string, number>> {
    const found = news(this.#child, 'versions');
    this.#command('versions');
    return new Map((await found).versions);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }

  /** Otherwise the shop's code would be compiled during the first contender's run. */
  async #warmUp(): Promise<void> {
    const pool = new Pool(this.url, { connections: 32 });
    const requests = Array.from({ length: WARM_UP_REQUESTS }, async (_, index) => {
      const { body } = await pool.request({ method: 'GET', path: `/orders/${orderNumber('0', index)}` });
      await body.dump();
    });
    await Promise.all(requests);
    await pool.close();
  }

  #command(command: ShopCommand): void {
    this.#child.send(command);
  }
}

async function news<Kind extends ShopNews['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<ShopNews, { kind: Kind }>> {
  return await new Promise((resolve, reject) => {
    const end = () => {
      child.off('message', listen);
      child.off('exit', fail);
    };
    const listen = (message: unknown) => {
      const parsed = shopNews.parse(message);
      if (!isKind(parsed, kind)) return;
      end();
      resolve(parsed);
    };
    const fail = (code: number | null) => {
      end();
      reject(new Error(`the shop ended with status ${code}`));
    };
    child.on('message', listen);
    child.once('exit', fail);
  });
}

function isKind<Kind extends ShopNews['kind']>(
  found: ShopNews,
  kind: Kind,
): found is Extract<ShopNews, { kind: Kind }> {
  return found.kind === kind;
}
