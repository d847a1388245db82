import { Client } from 'pg';
import { expect, test } from 'vitest';
import { RabbitMQ } from '../../src/index.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { startPostgresPair } from '../helpers/servers/postgres-pair.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const orders = Array.from({ length: 100 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));
const numbers = orders.map((order) => String(order.orderNumber));

test.skipIf(notInstalled('postgres'))(
  'when the primary is killed under load and its synchronous standby promoted, the daemon goes on there by itself, with every order',
  async () => {
    await using pair = await startPostgresPair();
    await pair.setSynchronous(true);
    const { primary, standby } = pair;
    const hosts = `127.0.0.1:${standby.port},127.0.0.1:${primary.port}`;
    const shop = await aShop({ orders, latencyMs: 5 });
    const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM_URL: `postgres://root@${hosts}/test` });
    const daemon = startDaemon(workplace);
    await daemon.ready();
    const { queue, env } = workplace;
    const url = env['RABBITMQ_URL'] ?? '';
    await using publisher = new RabbitMQ({ url, exchange: queue, queue, routingKey: queue });
    await publisher.open();
    const synced = () => daemon.outcomes().filter(({ outcome }) => outcome === 'synced');
    for (const orderNumber of numbers.slice(0, 60)) await publisher.send({ orderNumber, event: 'paid' });
    await expect.poll(() => synced().length, { timeout: 30_000 }).toBeGreaterThan(20);
    await primary.kill();
    const acked = synced().map(({ reference }) => String(reference));
    for (const orderNumber of numbers.slice(60)) await publisher.send({ orderNumber, event: 'paid' });
    await daemon.line(({ msg }) => msg.startsWith('paused'));
    await pair.promote();
    await daemon.line(({ msg }) => msg.startsWith(`connected to PostgreSQL at 127.0.0.1:${standby.port} from now on`));
    const stored = async () => {
      const client = new Client({ connectionString: standby.url });
      await client.connect();
      const { rows } = await client.query<{ order_number: string }>('SELECT order_number FROM orders');
      await client.end();
      return rows.map((row) => row.order_number);
    };
    expect(await stored()).toEqual(expect.arrayContaining(acked));
    await expect.poll(stored, { timeout: 60_000 }).toHaveLength(numbers.length);
    const isBad = ({ outcome }: { outcome: unknown }) => outcome === 'dead-lettered' || outcome === 'retrying';
    expect(daemon.outcomes().filter(isBad)).toEqual([]);
    const checked = await orderSync(workplace, ['check']);
    expect(checked.stdout).toContain(`connected to PostgreSQL at 127.0.0.1:${standby.port}.`);
    daemon.signal('SIGTERM');
    expect(await daemon.exited).toBe(0);
  },
  180_000,
);

test.skipIf(notInstalled('postgres'))(
  'check names the standby that commits wait for, and ends with 69',
  async () => {
    await using pair = await startPostgresPair();
    const workplace = aWorkplace({
      ...shopEnv(await aShop()),
      INTERNAL_SYSTEM_URL: `postgres://root@127.0.0.1:${pair.primary.port}/test`,
    });
    expect(await orderSync(workplace, ['check'])).toMatchObject({ status: 0 });
    await pair.setSynchronous(true);
    await pair.standby.kill();
    const { status, stdout } = await orderSync(workplace, ['check']);
    expect(status).toBe(69);
    expect(stdout).toMatch(/PostgreSQL at 127\.0\.0\.1:\d+ did not finish a commit within 5 s: .*SyncRep/);
    expect(stdout).toMatch(/→ Bring the standby back/);
  },
  180_000,
);
