import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { startPostgres } from '../helpers/servers/postgres.ts';
import type { PrivateServer } from '../helpers/servers/private-server.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const MINUTE = 60_000;

/** Orders that changed long enough ago that no event for them is under way. */
function orders(count: number, minutesAgo = 30) {
  return Array.from({ length: count }, (_, index) => {
    const updatedAt = new Date(Date.now() - minutesAgo * MINUTE + index).toISOString();
    return anOrderDocument({ orderNumber: `N${index}`, placedAt: updatedAt, updatedAt });
  });
}

const run = promisify(execFile);

async function status(workplace: Workplace, ...numbers: string[]): Promise<string> {
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const options = { cwd: workplace.folder, env: { ...workplace.env } };
  const { stdout } = await run(process.execPath, [main, 'status', ...numbers], options).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'staff' });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
}

describe.skipIf(notInstalled('postgres'))('a database that has forgotten what was acked', () => {
  let postgres: PrivateServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  /** A shop with 40 orders, of which the first ten were acked by a daemon on another machine. */
  async function aScene() {
    const database = `forgotten_${randomUUID().slice(0, 8)}`;
    await (await connect(postgres.url)).query(`CREATE DATABASE ${database}`);
    const url = postgres.url.replace(/test$/, database);
    const staff = await connect(url);
    const shop = await aShop({ orders: orders(40) });
    const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM_URL: url });
    const bystander = await aBystander();
    const sync = async (daemon: DaemonProcess, from: number, to: number) => {
      await daemon.ready();
      for (let index = from; index < to; index += 1) await bystander.publish(workplace.queue, `N${index}`);
      await expect.poll(() => daemon.outcomes().filter(({ outcome }) => outcome === 'synced').length).toBe(to - from);
    };
    const another = startDaemon(workplace, { ACK_MEMORY_FILE: 'another.db' });
    await sync(another, 0, 10);
    another.signal('SIGTERM');
    await another.exited;
    return {
      workplace,
      sync,
      stored: async () => Number((await staff.query('SELECT count(*) FROM orders')).rows[0].count),
      /** As after a restore: orders, lines, ledger and reconciliation's own rows are gone, and all connections with them. */
      restoreEmpty: async () => {
        await staff.query('TRUNCATE order_lines, orders, order_ledger, order_sync_reconciliation');
        await staff.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = $1',
          [database],
        );
      },
    };
  }

  test('while the daemon runs: it says so once, and the orders come back, those of other daemons included', async () => {
    const { workplace, sync, stored, restoreEmpty } = await aScene();
    const opsPort = await aFreePort();
    const daemon = startDaemon(workplace, { OPS_PORT: opsPort });
    await sync(daemon, 10, 30);
    expect(await stored()).toBe(30);
    await restoreEmpty();
    const line = await daemon.line(({ msg }) => msg.startsWith('the database has forgotten'));
    expect(line).toMatchObject({ level: 'error', forgotten: 20 });
    await daemon.line(({ msg }) => msg === 'all 20 orders are back');
    await expect.poll(stored).toBe(40);
    expect(daemon.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    const metrics = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
    expect(metrics).toContain('order_sync_forgotten_orders_total 20');
    expect(metrics).toContain('order_sync_forgotten_orders_missing 0');
  });

  test('while it is stopped: "status" says what is so, and the next start brings the orders back', async () => {
    const { workplace, sync, stored, restoreEmpty } = await aScene();
    const first = startDaemon(workplace);
    await sync(first, 10, 20);
    first.signal('SIGTERM');
    expect(await first.exited).toBe(0);
    await restoreEmpty();
    const before = await status(workplace, 'N12', 'N3');
    expect(before).toMatch(
      /N12\n {2}Acked \d.* UTC \(.*\), and the database no longer has it: a failover, or a restored backup\. To fetch it now: order-sync resync N12\n/,
    );
    expect(before).toMatch(/N3\n {2}Never seen: the database knows no event for this order\.\n/);
    const second = startDaemon(workplace);
    await second.line(({ msg }) => msg === 'all 10 orders are back');
    await expect.poll(stored).toBe(40);
    expect(await status(workplace, 'N12')).toMatch(/state +synced\n/);
  });
});
