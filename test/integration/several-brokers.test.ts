import { expect, onTestFinished, test } from 'vitest';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander, BROKER_URL } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { startTcpProxy, type TcpProxy } from '../helpers/network/tcp-proxy.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const { hostname, port, username, password } = new URL(BROKER_URL);

/** A way to the broker, closed after the test. */
async function aProxy(): Promise<TcpProxy> {
  const proxy = await startTcpProxy({ host: hostname, port: Number(port || 5672) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return proxy;
}

test('the daemon goes on with another host when it loses its own, and names both', async () => {
  const proxies = [await aProxy(), await aProxy()];
  const names = [...proxies.map((proxy) => `127.0.0.1:${proxy.port}`), `127.0.0.1:${await aFreePort()}`];
  const orders = ['10086', '10087'].map((orderNumber) => anOrderDocument({ orderNumber }));
  const workplace = aWorkplace(shopEnv(await aShop({ orders })));
  const daemon = startDaemon(workplace, { RABBITMQ_URL: `amqp://${username}:${password}@${names.join(',')}` });
  const { publish } = await aBystander();
  await daemon.ready();
  await publish(workplace.queue, '10086');
  await daemon.line((line) => line['outcome'] === 'synced' && line['orderNumber'] === '10086');

  const connected = daemon.lines.filter((line) => line.msg === 'connected to RabbitMQ');
  expect(connected.map((line) => line['connection']).toSorted()).toEqual(['consuming', 'publishing']);
  const [used, unused] = connected[0]?.['broker'] === names[0] ? proxies : proxies.toReversed();
  // Both connections of a process go down the same list.
  expect(new Set(connected.map((line) => line['broker']))).toEqual(new Set([`127.0.0.1:${used?.port}`]));
  await used?.refuse(true);
  used?.cut();
  await daemon.line((line) => line.msg.includes('trying the next one') && line['broker'] === `127.0.0.1:${used?.port}`);
  await daemon.line((line) => line['connection'] === 'consuming' && line['broker'] === `127.0.0.1:${unused?.port}`);
  await publish(workplace.queue, '10087');
  await daemon.line((line) => line['outcome'] === 'synced' && line['orderNumber'] === '10087');
  expect(daemon.lines.filter((line) => line.msg.startsWith('RabbitMQ is'))).toEqual([]);

  await unused?.refuse(true);
  unused?.cut();
  const down = await daemon.line((line) => line.msg.startsWith('RabbitMQ is down'));
  expect(names).toContain(down['broker']);
  await used?.refuse(false);
  const back = await daemon.line((line) => line.msg === 'RabbitMQ is back');
  expect(back['broker']).toBe(`127.0.0.1:${used?.port}`);
});

test.each([
  ['send', '10086'],
  ['dead-letters', 'list'],
])('"%s %s" passes over a host that is away, and says nothing of it', async (...args) => {
  const hosts = [`127.0.0.1:${await aFreePort()}`, `${hostname}:${port || '5672'}`];
  const workplace = aWorkplace(shopEnv(await aShop()));
  const env = { RABBITMQ_URL: `amqp://${username}:${password}@${hosts.join(',')}` };
  const { status, stderr } = await orderSync(workplace, args, { env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
