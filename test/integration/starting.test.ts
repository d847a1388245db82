import { expect, test } from 'vitest';
import { aBystander, BROKER_URL } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const shopless = { SHOP_BASE_URL: 'http://127.0.0.1:1' };

test('a refusal that only a person can end ends the daemon with 78 and a hint', async () => {
  const url = new URL(BROKER_URL);
  url.pathname = '/no-such-vhost';
  const daemon = startDaemon({ ...aWorkplace(shopless), queue: 'never-declared' }, { RABBITMQ_URL: url.href });
  expect(await daemon.exited).toBe(78);
  const fatal = daemon.lines.find((line) => line['level'] === 'fatal');
  expect(String(fatal?.['error'])).toMatch(
    /virtual host "no-such-vhost" \(NOT_ALLOWED - vhost .* not found\).*Create it/,
  );
});

test('a queue with other arguments ends the daemon with 78 and a hint', async () => {
  const workplace = aWorkplace(shopless);
  const { channel } = await aBystander();
  await channel.assertQueue(workplace.queue, { durable: true, arguments: { 'x-max-priority': 3 } });
  const daemon = startDaemon(workplace);
  expect(await daemon.exited).toBe(78);
  const fatal = daemon.lines.find((line) => line['level'] === 'fatal');
  expect(String(fatal?.['error'])).toMatch(/same name with other properties.*RABBITMQ_DECLARE=passive/);
});

test('bad configuration ends the daemon with 78 before it connects, and reports every problem at once', async () => {
  const daemon = startDaemon(aWorkplace(shopless), { RETRY_DELAYS_MS: '5s', RABBITMQ_PREFETCH: '0' });
  expect(await daemon.exited).toBe(78);
  expect(daemon.stderr()).toMatch(/RETRY_DELAYS_MS/);
  expect(daemon.stderr()).toMatch(/RABBITMQ_PREFETCH/);
  expect(daemon.lines).toEqual([]);
});

test('the daemon waits for a broker that is down at start, is not ready meanwhile, and ends with 0 on SIGTERM', async () => {
  const port = await aFreePort();
  const daemon = startDaemon(aWorkplace(shopless), { RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:1', OPS_PORT: port });
  await daemon.line((line) => line.msg.startsWith('RabbitMQ is down'));
  const readiness = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect(readiness.status).toBe(503);
  expect(await readiness.json()).toMatchObject({ ready: false, reason: 'not connected to RabbitMQ' });
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
});

test('metrics agree with the log', async () => {
  const port = await aFreePort();
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
  const workplace = aWorkplace({ ...shopEnv(shop), OPS_PORT: port });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  for (const event of ['10086', '10086', 'unknown-1', '[]']) await bystander.publish(workplace.queue, event);
  await daemon.line((line) => line['outcome'] === 'dead-lettered' && line['reason'] === 'order_not_found');
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const counted = [...metrics.matchAll(/^order_sync_deliveries_total\{outcome="(.+?)",reason="(.+?)"\} ([1-9]\d*)$/gm)];
  const logged = new Map<string, number>();
  for (const { outcome, reason } of daemon.outcomes()) {
    const key = `${String(outcome)} ${String(reason ?? 'none')}`;
    logged.set(key, (logged.get(key) ?? 0) + 1);
  }
  expect(new Map(counted.map(([, outcome, reason, count]) => [`${outcome} ${reason}`, Number(count)]))).toEqual(logged);
});
