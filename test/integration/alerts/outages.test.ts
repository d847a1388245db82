import { expect, onTestFinished, test } from 'vitest';
import { statusFault } from '../../../demo/shop/faults.ts';
import { Spool } from '../../../src/webhooks/spool.ts';
import { type AlertReceiver, anAlertReceiver } from '../../helpers/alert-receiver.ts';
import { aBystander, BROKER_URL } from '../../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../../helpers/daemon-process.ts';
import { aFreePort } from '../../helpers/free-port.ts';
import { storedOrders } from '../../helpers/internal-database.ts';
import { startTcpProxy } from '../../helpers/network/tcp-proxy.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { exchange } from '../../webhooks/helpers/service.ts';
import { fromWooCommerce, SECRET } from '../../webhooks/helpers/shops.ts';

const orders = Array.from({ length: 10 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));
const numbers = orders.map(({ orderNumber }) => String(orderNumber));

function alerting({ url }: AlertReceiver, env: Readonly<Record<string, string>> = {}) {
  return { ALERT_URL: url, ALERT_OUTAGE_AFTER_MS: '1000', SHOP_NAME: 'acme', ...env };
}

const kinds = ({ alerts }: AlertReceiver) => alerts.map(({ kind }) => kind);

test('an outage of the shop and its end are told once each, and a daemon that is restarted in between tells neither again', async () => {
  const receiver = await anAlertReceiver();
  const shop = await aShop({ orders, faults: () => statusFault(401) });
  const workplace = aWorkplace({ ...shopEnv(shop), ...alerting(receiver) });
  const bystander = await aBystander();
  const first = startDaemon(workplace);
  await first.ready();
  for (const number of numbers) await bystander.publish(workplace.queue, number);
  const began = await receiver.alert('outage_began');
  expect(began).toMatchObject({
    severity: 'critical',
    shop: 'acme',
    title: expect.stringMatching(/^The shop has refused our credentials for \d+ s$/),
    facts: { part: 'shop', cause: 'refused', since: expect.stringMatching(/Z$/), waiting: expect.any(Number) },
  });
  expect(began.lines.join('\n')).toContain('order-sync check');
  first.signal('SIGTERM');
  expect(await first.exited).toBe(0);

  const second = startDaemon(workplace);
  await second.line(({ msg }) => msg.startsWith('paused'));
  shop.setFaults(undefined);
  const ended = await receiver.alert('outage_ended');
  expect(ended).toMatchObject({
    severity: 'info',
    facts: { part: 'shop', since: began.facts['since'], waited: expect.any(Number) },
  });
  expect(ended.title).toMatch(/^The shop is back, after \d+ s$/);
  expect(ended.lines[0]).toMatch(/Up to \d+ events waited/);
  await expect.poll(() => storedOrders(workplace.database).length).toBe(numbers.length);
  second.signal('SIGTERM');
  expect(await second.exited).toBe(0);
  expect(kinds(receiver)).toEqual(['outage_began', 'outage_ended']);
}, 60_000);

/** RabbitMQ behind a proxy that can be cut. */
async function aBrokerProxy() {
  const { hostname: host, port } = new URL(BROKER_URL);
  const proxy = await startTcpProxy({ host, port: Number(port || 5672) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const url = new URL(BROKER_URL);
  url.host = `127.0.0.1:${proxy.port}`;
  return { proxy, RABBITMQ_URL: url.href };
}

test('RabbitMQ that is away is told, with the webhooks that are refused on its account; and so is that both are over', async () => {
  const receiver = await anAlertReceiver();
  const { proxy, RABBITMQ_URL } = await aBrokerProxy();
  const WEBHOOK_PORT = await aFreePort();
  const webhooks = { WEBHOOK_PORT, WEBHOOK_PRESET: 'woocommerce', WEBHOOK_SECRET: SECRET, WEBHOOK_SPOOL_MAX: '1' };
  const shop = await aShop({ orders });
  const workplace = aWorkplace({ ...shopEnv(shop), ...alerting(receiver) });
  const daemon = startDaemon(workplace, { ...webhooks, RABBITMQ_URL });
  await daemon.ready();
  await proxy.refuse(true);
  proxy.cut();
  expect(await receiver.alert('outage_began')).toMatchObject({
    severity: 'critical',
    title: expect.stringMatching(/^RabbitMQ has been down for \d+ s$/),
    facts: { part: 'rabbitmq', cause: 'down' },
  });
  const send = async (id: number) => {
    const { path, headers, body } = fromWooCommerce('order.updated', { id });
    return (await exchange(Number(WEBHOOK_PORT), { method: 'POST', path, headers, body })).status;
  };
  expect([await send(1), await send(2)]).toEqual([200, 503]);
  expect(await receiver.alert('webhooks_refused_began')).toMatchObject({ facts: { cause: 'full' } });
  await proxy.refuse(false);
  await Promise.all([receiver.alert('outage_ended'), receiver.alert('webhooks_refused_ended')]);
  expect(kinds(receiver)).toHaveLength(4);
}, 60_000);

test('webhooks that another process must refuse are told by the daemon beside it', async () => {
  const receiver = await anAlertReceiver();
  const workplace = aWorkplace({ ...shopEnv(await aShop()), ...alerting(receiver) });
  const spool = { path: `${workplace.folder}/webhooks.db`, max: 1 };
  const taken = new Spool(spool);
  taken.append([{ reference: '10086', type: 'updated' }], new Date());
  const env = {
    WEBHOOK_PRESET: 'woocommerce',
    WEBHOOK_SECRET: SECRET,
    WEBHOOK_SPOOL: spool.path,
    WEBHOOK_SPOOL_MAX: '1',
  };
  startDaemon(workplace, env);
  expect(await receiver.alert('webhooks_refused_began')).toMatchObject({ facts: { cause: 'full' } });
  taken.oldest(1).removeThrough(1);
  taken.close();
  await receiver.alert('webhooks_refused_ended');
}, 60_000);

test('an internal system that is away when the daemon starts is told, too', async () => {
  const receiver = await anAlertReceiver();
  const port = await aFreePort();
  const workplace = aWorkplace({
    ...shopEnv(await aShop()),
    ...alerting(receiver, { ALERT_LANGUAGE: 'zh' }),
    INTERNAL_SYSTEM_URL: `postgres://user:password@127.0.0.1:${port}/orders`,
  });
  const daemon = startDaemon(workplace);
  const began = await receiver.alert('outage_began');
  expect(began).toMatchObject({
    title: expect.stringMatching(/^内部系统不可用，已持续 \d+ 秒$/),
    facts: { part: 'internal-system', cause: 'down' },
  });
  expect(JSON.stringify(began)).not.toContain('password');
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
}, 30_000);

test('a queue that takes no retries is told by its name', async () => {
  const receiver = await anAlertReceiver();
  const shop = await aShop({ orders });
  const workplace = aWorkplace({ ...shopEnv(shop), ...alerting(receiver) });
  const bystander = await aBystander();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const queue = `${workplace.queue}.dead-letters`;
  await bystander.channel.deleteQueue(queue);
  const full = { 'x-queue-type': 'classic', 'x-max-length': 0, 'x-overflow': 'reject-publish' };
  await bystander.channel.assertQueue(queue, { durable: true, arguments: full });
  await bystander.publish(workplace.queue, 'no order number in here, and no JSON');
  expect(await receiver.alert('queue_refuses_began')).toMatchObject({ severity: 'critical', facts: { queue } });
}, 60_000);

test('no paid order in business hours is told, and then that one has come', async () => {
  const receiver = await anAlertReceiver();
  const shop = await aShop();
  const silence = { ALERT_SILENCE: '1m 00:00-24:00 UTC' };
  const workplace = aWorkplace({ ...shopEnv(shop), ...alerting(receiver, silence) });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const began = await receiver.alert('silence_began');
  expect(began).toMatchObject({ severity: 'critical', facts: { lastPaid: null } });
  const paidAt = new Date().toISOString();
  shop.put(anOrderDocument({ orderNumber: '10086', placedAt: paidAt, paidAt, updatedAt: paidAt }));
  await (await aBystander()).publish(workplace.queue, '10086');
  expect(await receiver.alert('silence_ended')).toMatchObject({ severity: 'info' });
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
}, 90_000);
