import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { connect } from 'amqplib';
import { expect, onTestFinished, test } from 'vitest';
import { statusFault } from '../../demo/shop/faults.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import {
  aWorkplace,
  type DaemonProcess,
  type LogLine,
  startDaemon,
  type Workplace,
} from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { readRows, storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { startRabbitMQ } from '../helpers/servers/rabbitmq.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { aShippingShop } from '../shipments/helpers/shipping-shop.ts';
import { aDaemonWith, addOrder, aShippingWorkplace } from '../shipments/helpers/shipping-workplace.ts';

const orders = Array.from({ length: 40 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));
const numbers = orders.map((order) => String(order.orderNumber));
const [early, late] = [numbers.slice(0, 10), numbers.slice(10)];

const says = (words: string) => (line: LogLine) => line.msg.includes(words);

async function command(workplace: Workplace, ...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await orderSync(workplace, args);
  expect(status, stderr).toBe(0);
  return stdout;
}

/** Two more of a daemon's looks at the pause have gone by. */
async function twoLooksLater(workplace: Workplace, daemon: DaemonProcess): Promise<void> {
  for (const reason of ['a first note', 'a second note']) {
    await command(workplace, 'pause', '--reason', reason);
    await daemon.line(says(reason));
  }
}

/** What waits in the queue, and who consumes it, as the broker sees it. */
async function queueOf({ queue, env }: Workplace) {
  const model = await connect(env['RABBITMQ_URL'] ?? '');
  model.on('error', () => undefined);
  try {
    const { messageCount, consumerCount } = await (await model.createChannel()).checkQueue(queue);
    return { messageCount, consumerCount };
  } finally {
    await model.close();
  }
}

function staffWrite({ database }: Workplace, ...statements: readonly string[]): void {
  const connection = new DatabaseSync(database, { timeout: 5_000 });
  for (const statement of statements) connection.exec(statement);
  connection.close();
}

test('a pause outlives kill -9 and a restart of the broker: nothing is delivered until somebody resumes, then everything once', async () => {
  await using broker = await startRabbitMQ();
  const shop = await aShop({ orders, latencyMs: 20 });
  const workplace = aWorkplace({ ...shopEnv(shop), RABBITMQ_URL: broker.url });
  const killed = startDaemon(workplace);
  await killed.ready();
  const bystander = await aBystander(broker.url);
  for (const number of early) await bystander.publish(workplace.queue, number);
  const paused = await command(workplace, 'pause', '--by', 'li.wei', '--reason', 'ERP update');
  expect(paused).toContain('Nothing is in hand any more in 1 daemon: the work may begin.');
  await killed.line(says('paused by li.wei'));
  await killed.line(says('nothing is in hand any more'));
  // In hand means finished: nothing was given back, and nothing failed.
  expect(new Set(killed.outcomes().map(({ outcome }) => outcome))).toEqual(new Set(['synced']));
  for (const number of late) await bystander.publish(workplace.queue, number);
  killed.signal('SIGKILL');
  await killed.exited;

  const daemon = startDaemon(workplace);
  const { msg } = await daemon.line(says('paused by li.wei'));
  expect(msg).toMatch(/^paused by li\.wei since [\d-]+ [\d:]+ UTC: ERP update; run order-sync resume$/);
  await broker.kill();
  await broker.start();
  await daemon.line(says('RabbitMQ is back'));
  await twoLooksLater(workplace, daemon);
  const waiting = numbers.length - storedOrders(workplace.database).length;
  expect(await queueOf(workplace)).toEqual({ messageCount: waiting, consumerCount: 0 });
  expect(daemon.outcomes()).toEqual([]);

  expect(await command(workplace, 'resume', '--by', 'ann')).toContain('a second note');
  await daemon.line(says('resumed by ann'));
  await expect.poll(() => storedOrders(workplace.database).length, { timeout: 30_000 }).toBe(numbers.length);
  await expect.poll(() => daemon.outcomes().length).toBeGreaterThanOrEqual(waiting);
  const settled = [...killed.lines, ...daemon.lines].filter((line) => line['outcome'] !== undefined);
  expect(settled.filter((line) => line['outcome'] === 'synced')).toHaveLength(numbers.length);
  expect(settled.filter((line) => line['attempt'] !== 1)).toEqual([]);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
}, 120_000);

test('while paused, nobody probes whether an outage is over; after it, somebody does at once', async () => {
  const shop = await aShop({ orders, faults: () => statusFault(401) });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  for (const number of early) await bystander.publish(workplace.queue, number);
  await daemon.line(says('paused: the shop'));
  await command(workplace, 'pause', '--by', 'li.wei');
  await daemon.line(says('paused by li.wei'));
  await daemon.line(says('nothing is in hand any more'));
  const asked = shop.requests.length;
  shop.setFaults(undefined);
  await twoLooksLater(workplace, daemon);
  expect(shop.requests.length).toBe(asked);
  await command(workplace, 'resume');
  await daemon.line(says('resumed: the shop'));
  await expect.poll(() => storedOrders(workplace.database).length, { timeout: 20_000 }).toBe(early.length);
}, 60_000);

test('an outage that shows in what is in hand is not probed either', async () => {
  const shop = await aShop({ orders, latencyMs: 3_000, faults: () => statusFault(401) });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N1');
  await expect.poll(() => shop.requests.length).toBe(1);
  await command(workplace, 'pause');
  await daemon.line(says('paused by'));
  await daemon.line(says('paused: the shop'));
  const asked = shop.requests.length;
  shop.setFaults(undefined);
  await twoLooksLater(workplace, daemon);
  expect(shop.requests.length).toBe(asked);
  await command(workplace, 'resume');
  await daemon.line(says('resumed: the shop'));
  await expect.poll(() => storedOrders(workplace.database).length, { timeout: 20_000 }).toBe(1);
}, 60_000);

test('while paused, shipments and the outbox wait as well: nothing is written into the internal system', async () => {
  const shop = await aShippingShop();
  const exchange = `test.synced.${randomBytes(4).toString('hex')}`;
  const bystander = await aBystander();
  const { queue } = await bystander.channel.assertQueue('', { exclusive: true });
  await bystander.channel.assertExchange(exchange, 'topic', { durable: true });
  onTestFinished(() => bystander.channel.deleteExchange(exchange).then(() => undefined));
  await bystander.channel.bindQueue(queue, exchange, '#');
  const workplace = aShippingWorkplace(shop, { SYNCED_EXCHANGE: exchange });
  addOrder(shop, { orderNumber: 'N1' });
  const daemon = await aDaemonWith(workplace, bystander.publish, ['N1']);
  await expect.poll(() => bystander.messages(queue)).toBe(1);
  await command(workplace, 'pause');
  await daemon.line(says('paused by'));
  staffWrite(
    workplace,
    "INSERT INTO order_shipments (shop, order_number, shipment_id, carrier) VALUES ('shop', 'N1', 'P-1', 'DHL')",
    "INSERT INTO order_sync_outbox (shop, order_number, shop_order_id, revision) VALUES ('shop', 'N1', 'id-N1', 2)",
  );
  await twoLooksLater(workplace, daemon);
  expect(readRows(workplace.database, 'SELECT state FROM order_shipments')).toEqual([{ state: 'new' }]);
  expect(await bystander.messages(queue)).toBe(1);
  await command(workplace, 'resume');
  await expect.poll(() => shop.reports.length, { timeout: 10_000 }).toBe(1);
  await expect.poll(() => bystander.messages(queue), { timeout: 10_000 }).toBe(2);
}, 60_000);

test('a pause with an end ends by itself, and until then /readyz, /metrics, status and check say so', async () => {
  const shop = await aShop({ orders });
  const token = 'operators-have-this';
  const workplace = aWorkplace({ ...shopEnv(shop), OPS_PORT: await aFreePort(), OPS_TOKEN: token });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const { port } = await daemon.line(says('operations port open'));
  const ask = async (path: string, headers = {}) => await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  await command(workplace, 'pause', '--by', 'li.wei', '--reason', 'ERP 升级', '--for', '1h');
  await daemon.line(says('paused by li.wei'));
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N1');

  const anonymous = await ask('/readyz');
  expect([anonymous.status, await anonymous.json()]).toEqual([200, { ready: true }]);
  const authorization = `Bearer ${token}`;
  const known = await ask('/readyz', { authorization });
  expect(await known.json()).toMatchObject({ ready: true, paused: { by: 'li.wei', reason: 'ERP 升级' } });
  const metrics = await (await ask('/metrics', { authorization })).text();
  expect(metrics).toContain('order_sync_paused{reason="planned"} 1');
  expect(metrics).toContain('order_sync_pause_overdue 0');
  const now = (await (await ask('/api/now', { authorization })).json()) as { consumption: object };
  expect(now.consumption).toMatchObject({ state: 'held', pause: { by: 'li.wei', reason: 'ERP 升级' } });
  const tail = startDaemon(workplace, {}, ['tail']);
  await expect.poll(() => tail.stderr(), { timeout: 10_000 }).toMatch(/^PAUSED by li\.wei until .+ UTC: ERP 升级$/m);
  expect((await orderSync(workplace, ['top'])).stdout).toMatch(/^PAUSED by li\.wei until .+ UTC: ERP 升级$/m);
  const status = await orderSync(workplace, ['status', 'N1']);
  expect(status.stderr).toMatch(/paused by li\.wei since .+ UTC, until .+: ERP 升级\. Events wait in the queue/);
  const check = await orderSync(workplace, ['check']);
  expect(check.stdout).toMatch(/! paused by li\.wei since .+: ERP 升级: no orders are taken until "order-sync resume"/);
  expect(check.status).toBe(0);

  await command(workplace, 'pause', '--for', '1s');
  await daemon.line(says('resumed: the time of the pause is up'));
  await daemon.line((line) => line['outcome'] === 'synced');
}, 60_000);

test('a daemon that starts while its shop is paused leaves the ERP alone, whose maintenance would have ended it', async () => {
  const shop = await aShop({ orders });
  const module = new URL('../helpers/sink-in-maintenance.ts', import.meta.url).pathname;
  const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM: module });
  const erpIsUp = join(workplace.folder, 'erp-is-up');
  const env = { ERP_IS_UP: erpIsUp };
  const unaware = startDaemon(workplace, env);
  expect(await unaware.exited).toBe(78);
  await command(workplace, 'pause', '--by', 'li.wei');
  const stopped = startDaemon(workplace, env);
  await stopped.line(says('run order-sync resume'));
  stopped.signal('SIGTERM');
  expect(await stopped.exited).toBe(0);

  const daemon = startDaemon(workplace, env);
  await daemon.line(says('run order-sync resume'));
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, 'N1');
  writeFileSync(erpIsUp, '');
  await command(workplace, 'resume');
  await daemon.ready();
  await daemon.line((line) => line['outcome'] === 'synced');
}, 60_000);
