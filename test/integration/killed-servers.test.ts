import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { RabbitMQ } from '../../src/index.ts';
import { aWorkplace, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { startMariadb } from '../helpers/servers/mariadb.ts';
import { startPostgres } from '../helpers/servers/postgres.ts';
import { startRabbitMQ } from '../helpers/servers/rabbitmq.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const orders = Array.from({ length: 100 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));
const numbers = orders.map((order) => String(order.orderNumber));

/** Publishes every order twice, and again until it is confirmed, as a shop does. */
async function publishAll(rabbit: RabbitMQ): Promise<void> {
  for (const number of [...numbers, ...numbers]) {
    while (
      !(await rabbit.send({ orderNumber: number, event: 'paid' }).then(
        () => true,
        () => false,
      ))
    );
  }
}

function aPublisher(workplace: Workplace): RabbitMQ {
  const { queue } = workplace;
  return new RabbitMQ({ url: workplace.env['RABBITMQ_URL'] ?? '', exchange: queue, queue, routingKey: queue });
}

test('when the broker is killed twice under load, every order arrives once', async () => {
  await using broker = await startRabbitMQ();
  const shop = await aShop({ orders, latencyMs: 5 });
  const workplace = aWorkplace({ ...shopEnv(shop), RABBITMQ_URL: broker.url });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await using publisher = aPublisher(workplace);
  await publisher.open();
  const published = publishAll(publisher);
  for (const enough of [20, 60]) {
    await expect.poll(() => daemon.outcomes().length, { timeout: 30_000 }).toBeGreaterThan(enough);
    await broker.kill();
    await broker.start();
  }
  await published;
  await expect.poll(() => storedOrders(workplace.database).length, { timeout: 60_000 }).toBe(numbers.length);
  expect(
    daemon.outcomes().filter((entry) => entry.outcome === 'dead-lettered' || entry.outcome === 'retrying'),
  ).toEqual([]);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
}, 180_000);

const databases = [
  {
    name: 'PostgreSQL',
    start: startPostgres,
    count: async (url: string): Promise<number> => {
      const client = new Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query('SELECT count(*)::int AS n FROM orders');
      await client.end();
      return Number(rows[0]?.n);
    },
  },
  {
    name: 'MariaDB',
    start: startMariadb,
    count: async (url: string): Promise<number> => {
      const client = await createConnection(url);
      const [rows] = await client.query('SELECT count(*) AS n FROM orders');
      await client.end();
      return Number(Array.isArray(rows) && rows[0] && 'n' in rows[0] ? rows[0]['n'] : Number.NaN);
    },
  },
];

test.each(databases)(
  'when $name is killed under load, consumption pauses and resumes, with no dead letters and every order once',
  async ({ start, count }) => {
    await using database = await start();
    const shop = await aShop({ orders, latencyMs: 5 });
    const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM_URL: database.url });
    const daemon = startDaemon(workplace);
    await daemon.ready();
    await using publisher = aPublisher(workplace);
    await publisher.open();
    const published = publishAll(publisher);
    await expect.poll(() => daemon.outcomes().length, { timeout: 30_000 }).toBeGreaterThan(20);
    await database.kill();
    const paused = await daemon.line((line) => line.msg.startsWith('paused'));
    expect(paused).toMatchObject({ dependency: 'internal-system', reason: 'internal_system_unavailable' });
    await published;
    await database.start();
    await daemon.line((line) => line.msg.startsWith('resumed'));
    await expect.poll(() => count(database.url), { timeout: 60_000 }).toBe(numbers.length);
    const settled = () =>
      new Set(
        daemon
          .outcomes()
          .filter((entry) => entry.outcome !== 'requeued')
          .map((entry) => entry.reference),
      );
    await expect.poll(() => settled().size).toBe(numbers.length);
    expect(
      daemon.outcomes().filter((entry) => entry.outcome === 'dead-lettered' || entry.outcome === 'retrying'),
    ).toEqual([]);
    daemon.signal('SIGTERM');
    expect(await daemon.exited).toBe(0);
  },
  180_000,
);
