import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';
import { type DemoShop, startDemoShop } from '../../demo/demo-shop.ts';
import { makeDemoOrders, type OrderDocument } from '../../demo/orders/make-orders.ts';
import { brokerUrl } from '../broker-url.ts';
import { freePorts } from '../setup/free-ports.mjs';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const QUEUE = 'demo.orders';
const RETRY_DELAYS_MS = [3_000, 300_000];
export const TOKEN = 'the-token-of-the-pictures';

/** A daemon with its dashboard, on a shop, a queue and a database of its own. */
export interface Scene {
  readonly url: string;
  readonly shop: DemoShop;
  readonly orders: readonly OrderDocument[];
  publish(content: unknown): Promise<void>;
  /** Runs the command line with the daemon's settings. */
  orderSync(...args: string[]): Promise<void>;
  readonly database: string;
  line(matches: (line: Record<string, unknown>) => boolean): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startScene(): Promise<Scene> {
  const orders = makeDemoOrders({ count: 120, now: new Date(Date.now() + 120_000) });
  const shop = await startDemoShop({ orders, latencyMs: 4 });
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-pictures-'));
  const [port = 0] = await freePorts(1);
  const database = join(folder, 'internal.db');
  const env = {
    PATH: process.env['PATH'],
    RABBITMQ_URL: brokerUrl(),
    RABBITMQ_EXCHANGE: QUEUE,
    RABBITMQ_QUEUE: QUEUE,
    RABBITMQ_ROUTING_KEY: QUEUE,
    RETRY_DELAYS_MS: RETRY_DELAYS_MS.join(','),
    SHOP_BASE_URL: shop.url,
    SHOP_TOKEN: shop.token,
    INTERNAL_SYSTEM_URL: `sqlite:${database}`,
    ACK_MEMORY_FILE: join(folder, 'acked.db'),
    OPS_PORT: String(port),
    OPS_TOKEN: TOKEN,
  };
  const broker = await connect(brokerUrl());
  const channel = await broker.createConfirmChannel();
  const daemon = spawn(process.execPath, [MAIN, 'start'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = logOf(daemon);
  await lines.matching(({ msg }) => String(msg).startsWith('ready'));
  return {
    url: `http://127.0.0.1:${port}/`,
    shop,
    orders,
    database,
    line: lines.matching,
    async publish(content) {
      const headers = { 'x-order-sync-published-at': Date.now() };
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      channel.publish(QUEUE, QUEUE, Buffer.from(text), { persistent: true, headers });
      await channel.waitForConfirms();
    },
    async orderSync(...args) {
      await once(spawn(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio: 'ignore' }), 'close');
    },
    async [Symbol.asyncDispose]() {
      daemon.kill();
      if (daemon.exitCode === null) await once(daemon, 'close');
      await shop.close();
      for (const name of ['', '.dead-letters', ...RETRY_DELAYS_MS.map((ms) => `.retry.${ms}`)])
        await channel.deleteQueue(`${QUEUE}${name}`);
      await channel.deleteExchange(QUEUE);
      await broker.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function logOf({ stdout }: ChildProcess) {
  const seen: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  if (stdout !== null) {
    createInterface({ input: stdout }).on('line', (text) => {
      seen.push(JSON.parse(text) as Record<string, unknown>);
      for (const look of waiting) look();
    });
  }
  return {
    matching: (matches: (line: Record<string, unknown>) => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!seen.some(matches)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
