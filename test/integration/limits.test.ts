import { connect } from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RabbitMQ } from '../../src/index.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, RETRY_DELAYS_MS, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { type PrivateRabbitMQ, startRabbitMQ } from '../helpers/servers/rabbitmq.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

/** Rules that an operator of the broker sets, whatever our declarations say. */

let broker: PrivateRabbitMQ;
let managementUrl = '';
beforeAll(async () => {
  const port = await aFreePort();
  managementUrl = `http://127.0.0.1:${port}`;
  const listener = [`management.tcp.port = ${port}`, 'management.tcp.ip = 127.0.0.1'];
  broker = await startRabbitMQ(listener, ['rabbitmq_management']);
}, 120_000);
afterAll(() => broker[Symbol.asyncDispose]());
beforeEach(async () => {
  await broker.ctl('clear_policy', 'rule').catch(() => undefined);
});

function setPolicy(pattern: string, definition: object): Promise<string> {
  return broker.ctl('set_policy', '--apply-to', 'queues', 'rule', pattern, JSON.stringify(definition));
}

const orders = Array.from({ length: 40 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));

async function publish(workplace: Workplace, contents: readonly unknown[]): Promise<void> {
  const { queue, env } = workplace;
  const queueType = env['RABBITMQ_QUEUE_TYPE'] === 'quorum' ? 'quorum' : 'classic';
  await using rabbit = new RabbitMQ({ url: broker.url, exchange: queue, queue, routingKey: queue, queueType });
  await rabbit.open();
  for (const content of contents) await rabbit.send(content);
}

const paid = orders.map(({ orderNumber }) => ({ orderNumber, event: 'paid' }));

test('under a delivery limit of 3, no event is lost to a daemon that is killed again and again', async () => {
  await setPolicy('^test', { 'delivery-limit': 3 });
  const shop = await aShop({ orders });
  let asked = 0;
  shop.setFaults(() => {
    asked += 1;
    return { kind: 'stall' };
  });
  const workplace = aWorkplace({ ...shopEnv(shop), RABBITMQ_URL: broker.url, RABBITMQ_QUEUE_TYPE: 'quorum' });
  await publish(workplace, paid);
  for (let kills = 0; kills < 6; kills += 1) {
    const before = asked;
    const daemon = startDaemon(workplace);
    // As many as may ask at a time are in flight, in a shop that does not answer.
    await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThanOrEqual(before + 16);
    daemon.signal('SIGKILL');
    await daemon.exited;
  }
  shop.setFaults(undefined);
  startDaemon(workplace);
  await expect.poll(() => storedOrders(workplace.database).length, { timeout: 60_000 }).toBe(orders.length);
}, 180_000);

describe('dead letters under a max-length', () => {
  const malformed = Array.from({ length: 25 }, (_, index) => `[${index}]`);

  test('are all there: the queue refuses what it has no room for, the daemon says so, and good orders pass', async () => {
    await setPolicy('dead-letters$', { 'max-length': 10 });
    const port = await aFreePort();
    const shop = await aShop({ orders });
    const workplace = aWorkplace({
      ...shopEnv(shop),
      RABBITMQ_URL: broker.url,
      RABBITMQ_PREFETCH: '8',
      OPS_PORT: String(port),
    });
    const queue = `${workplace.queue}.dead-letters`;
    const daemon = startDaemon(workplace);
    await daemon.ready();
    await publish(workplace, [...malformed, ...paid]);
    await expect.poll(() => storedOrders(workplace.database).length, { timeout: 30_000 }).toBe(orders.length);
    const blocked = await daemon.line(({ level, refusing }) => level === 'error' && refusing === queue);
    expect(blocked.msg).toContain('takes no events');
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain(`blocked: the queue ${queue} takes no events`);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain('order_sync_queue_refusing{queue="dead-letters"} 1');
    expect(metrics).toContain('order_sync_queue_refusing{queue="retry"} 0');
    await broker.ctl('clear_policy', 'rule');
    const bystander = await aBystander(broker.url);
    await expect.poll(() => bystander.messages(queue), { timeout: 60_000 }).toBe(malformed.length);
    await daemon.line(({ msg }) => msg.includes('refuses no events now'));
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    const levels = daemon.lines.filter(({ refusing }) => refusing === queue).map(({ level }) => level);
    expect(levels).toEqual(['error', 'info']);
    expect(daemon.outcomes().filter(({ outcome }) => outcome === 'requeued')).toEqual([]);
  }, 180_000);

  test('that an earlier version has declared: they move to a queue that refuses, and none is lost', async () => {
    const shop = await aShop();
    const workplace = aWorkplace({ ...shopEnv(shop), RABBITMQ_URL: broker.url });
    const earlier = `${workplace.queue}.dead-letters`;
    const bystander = await aBystander(broker.url);
    await bystander.channel.assertQueue(earlier, { durable: true, arguments: { 'x-queue-type': 'classic' } });
    for (const content of malformed.slice(0, 5)) await bystander.publish(earlier, content);
    const daemons = [startDaemon(workplace), startDaemon(workplace)];
    for (const daemon of daemons) await daemon.ready();
    await expect.poll(() => bystander.messages(`${earlier}.2`), { timeout: 20_000 }).toBe(5);
    await setPolicy('dead-letters$', { 'max-length': 3 });
    await publish(workplace, malformed.slice(5));
    // A daemon of the earlier version still runs.
    await bystander.publish(earlier, '[99]');
    await expect.poll(() => bystander.messages(`${earlier}.2`), { timeout: 20_000 }).toBe(malformed.length);
    const listed = await orderSync(workplace, ['dead-letters', 'list', '--json']);
    expect(listed.stdout.trim().split('\n')).toHaveLength(malformed.length + 1);
    const checked = await orderSync(workplace, ['check']);
    expect(checked.stdout).toContain(`! ${malformed.length + 1} dead letters`);
  }, 180_000);
});

describe('what the broker does to the queues', () => {
  const rule = {
    'delivery-limit': 20,
    'message-ttl': 60_000,
    expires: 3_600_000,
    'max-length': 1_000,
    overflow: 'drop-head',
  };

  test('check and start warn of each rule that can drop, expire or refuse messages', async () => {
    await setPolicy('^test', rule);
    const shop = await aShop();
    const env = { RABBITMQ_URL: broker.url, RABBITMQ_QUEUE_TYPE: 'quorum', RABBITMQ_MANAGEMENT_URL: managementUrl };
    const workplace = aWorkplace({ ...shopEnv(shop), ...env });
    const { queue } = workplace;
    const all = [queue, ...RETRY_DELAYS_MS.map((delayMs) => `${queue}.retry.${delayMs}`), `${queue}.dead-letters`];
    await startDaemon(workplace).ready();
    // The management API learns of a policy a little later.
    await expect
      .poll(async () => (await orderSync(workplace, ['check'])).stdout, { timeout: 60_000, interval: 1_000 })
      .toContain(`! policy "rule" sets delivery-limit 20 on ${all.join(', ')}: a message that is returned`);
    const { status, stdout } = await orderSync(workplace, ['check']);
    expect(status).toBe(0);
    expect(stdout).toContain(`queue ${queue} (quorum):`);
    expect(stdout).toContain(`! policy "rule" sets message-ttl 60000 on ${queue}: events that wait`);
    expect(stdout).toContain(
      `! policy "rule" sets message-ttl 60000 on ${queue}.dead-letters: dead letters that are older`,
    );
    expect(stdout).toContain(
      `! policy "rule" sets expires 3600000 on ${all.join(', ')}: a queue that nothing has used`,
    );
    expect(stdout).toContain(
      `! policy "rule" sets max-length 1000 on ${all.join(', ')}: a full queue drops its oldest`,
    );
    expect(stdout.match(/! policy/g)).toHaveLength(5);

    const daemon = startDaemon(workplace);
    await daemon.line(({ msg }) => msg.includes('sets max-length 1000'));
    expect(daemon.lines.filter(({ level, msg }) => level === 'warn' && msg.startsWith('policy "rule"'))).toHaveLength(
      5,
    );
  }, 180_000);

  test('check says what the main queue really is, and that policies are unknown without the management API', async () => {
    const vhost = 'quorum-by-default';
    await broker.ctl('add_vhost', vhost, '--default-queue-type', 'quorum');
    await broker.ctl('set_permissions', '-p', vhost, 'guest', '.*', '.*', '.*');
    const shop = await aShop();
    const workplace = aWorkplace({ ...shopEnv(shop), RABBITMQ_URL: `${broker.url}/${vhost}` });
    const model = await connect(`${broker.url}/${vhost}`);
    await (await model.createChannel()).assertQueue(workplace.queue, { durable: true });
    await model.close();
    const unread = await orderSync(workplace, ['check']);
    expect(unread.status).toBe(0);
    expect(unread.stdout).toContain(`queue ${workplace.queue} (quorum): 0 events waiting`);
    expect(unread.stdout).toContain(
      "policies were not read: only the management API knows them, and RABBITMQ_MANAGEMENT_URL isn't set",
    );
    const unreachable = await orderSync(workplace, ['check'], {
      env: { RABBITMQ_MANAGEMENT_URL: 'http://127.0.0.1:1' },
    });
    expect(unreachable.status).toBe(0);
    expect(unreachable.stdout).toContain(
      '! policies could not be read: The management API at http://127.0.0.1:1 does not answer (ECONNREFUSED)',
    );
    await broker.ctl('add_user', 'untagged', 'secret-password');
    await broker.ctl('set_permissions', '-p', vhost, 'untagged', '.*', '.*', '.*');
    const url = `amqp://untagged:secret-password@127.0.0.1:${broker.port}/${vhost}`;
    const untagged = await orderSync(workplace, ['check'], {
      env: { RABBITMQ_URL: url, RABBITMQ_MANAGEMENT_URL: managementUrl },
    });
    expect(untagged.stdout).toContain('refuses user "untagged": it needs the tag "management"');
    expect(untagged.stdout).not.toContain('secret-password');
  }, 180_000);
});
