import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { brokerName, type Endpoint, type Endpoints, endpointsOf } from '../../src/broker/endpoint.ts';
import { BrokerRefusedError } from '../../src/broker/errors.ts';
import { Rounds } from '../../src/broker/hosts/rounds.ts';
import { type SetUp, SupervisedConnection } from '../../src/broker/supervised-connection.ts';
import { BROKER_URL } from '../helpers/broker.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { makeCertificates } from '../helpers/network/certificates.ts';
import { startTcpProxy, type TcpProxy } from '../helpers/network/tcp-proxy.ts';
import { startTlsFront } from '../helpers/network/tls-front.ts';

vi.mock('node:dns/promises', async (original) => ({ ...(await original<object>()), lookup: vi.fn() }));

const { hostname, port, username, password } = new URL(BROKER_URL);
const BROKER = { host: hostname, port: Number(port || 5672) };
const LOGIN = { username: username || 'guest', password: password || 'guest' };
const BOTH = ['127.0.0.1', '127.0.0.2'];

beforeEach(() => {
  vi.mocked(lookup).mockImplementation(async () => BOTH.map((address) => ({ address, family: 4 })) as never);
});

/** A way to the broker, closed after the test. */
async function aProxy(): Promise<TcpProxy> {
  const proxy = await startTcpProxy(BROKER);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return proxy;
}

function listed(...ports: (number | string)[]): Endpoints {
  return endpointsOf({ hosts: ports.map((listed) => `127.0.0.1:${listed}`), ...LOGIN });
}

/** In this process, these are tried in this order. */
async function inOrder<T extends { readonly port: number }>(...proxies: T[]): Promise<T[]> {
  const rounds = new Rounds(() => listed(...proxies.map((proxy) => proxy.port)));
  const sorted: T[] = [];
  for (let tries = 0; tries < proxies.length; tries += 1) {
    const next = await rounds.next();
    sorted.push(...proxies.filter((proxy) => proxy.port === next.port));
  }
  return sorted;
}

interface Watched {
  readonly connection: SupervisedConnection;
  /** `up a:5672`, `retry a:5672 at once`, `retry a:5672 later`. */
  readonly events: string[];
  readonly errors: string[];
}

function aConnection(endpoints: Endpoints, setUp: SetUp = async () => undefined): Watched {
  const events: string[] = [];
  const errors: string[] = [];
  const connection = new SupervisedConnection({
    endpoints: () => endpoints,
    name: 'test',
    setUp,
    observer: {
      onUp: (broker) => events.push(`up ${broker}`),
      onDown: () => undefined,
      onRetry: (error, delayMs, broker) => {
        events.push(`retry ${broker} ${delayMs === 0 ? 'at once' : 'later'}`);
        errors.push(error.message);
      },
    },
  });
  onTestFinished(() => connection.close());
  return { connection, events, errors };
}

test('a round tries every host once and at once, then there is one pause for all of them', async () => {
  const ports = [await aFreePort(), await aFreePort(), await aFreePort()];
  const { connection, events } = aConnection(listed(...ports));
  connection.open().catch(() => undefined);
  await expect.poll(() => events.length).toBeGreaterThanOrEqual(9);
  const brokers = (round: string[]) => new Set(round.map((event) => event.split(' ')[1]));
  for (const start of [0, 3, 6]) {
    const round = events.slice(start, start + 3);
    expect(brokers(round)).toEqual(new Set(ports.map((free) => `127.0.0.1:${free}`)));
    expect(round.map((event) => event.replace(/^\S+ \S+ /, ''))).toEqual(['at once', 'at once', 'later']);
  }
});

test('when a connection is lost, the next host follows, and there is no pause', async () => {
  const [first, second] = await inOrder(await aProxy(), await aProxy());
  if (first === undefined || second === undefined) throw new TypeError('two proxies were started');
  const { connection, events } = aConnection(listed(first.port, second.port));
  await connection.open();
  await first.refuse(true);
  first.cut();
  const ways = [first, second].map((proxy) => `127.0.0.1:${proxy.port}`);
  await expect.poll(() => events).toEqual([`up ${ways[0]}`, `retry ${ways[0]} at once`, `up ${ways[1]}`]);
});

test('when a host takes us, but the set-up fails on it, the next one follows', async () => {
  const [first, second] = await inOrder(await aProxy(), await aProxy());
  const setUp: SetUp = async ({ model, endpoint }) => {
    if (endpoint.port !== first?.port) return;
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    await channel.checkQueue('no-such-queue');
  };
  const { connection, events, errors } = aConnection(listed(first?.port ?? 0, second?.port ?? 0), setUp);
  await connection.open();
  expect(events).toEqual([`retry 127.0.0.1:${first?.port} at once`, `up 127.0.0.1:${second?.port}`]);
  expect(errors).toEqual([expect.stringContaining(`RabbitMQ at 127.0.0.1:${first?.port} lacks an exchange or queue`)]);
});

test('a host that swallows everything is given up sooner while another one follows', async () => {
  const [silent, sound] = await inOrder(await aProxy(), await aProxy());
  silent?.freeze();
  const { connection, events, errors } = aConnection(listed(silent?.port ?? 0, sound?.port ?? 0));
  await connection.open();
  expect(events.at(-1)).toBe(`up 127.0.0.1:${sound?.port}`);
  expect(errors).toEqual([`127.0.0.1:${silent?.port} did not finish the AMQP handshake within 5000 ms`]);
});

describe('refusals', () => {
  const refuseOn =
    (...ports: number[]): SetUp =>
    async ({ endpoint }) => {
      if (ports.includes(endpoint.port)) throw new BrokerRefusedError(`refused by ${endpoint.port}`);
    };

  test('of two hosts in a row are not the end: the third takes us', async () => {
    const [first, second, third] = await inOrder(await aProxy(), await aProxy(), await aProxy());
    const ports = [first?.port ?? 0, second?.port ?? 0, third?.port ?? 0];
    const { connection, events } = aConnection(listed(...ports), refuseOn(...ports.slice(0, 2)));
    await connection.open();
    expect(events.map((event) => event.split(' ')[0])).toEqual(['retry', 'retry', 'up']);
  });

  test('of all hosts in three rounds are', async () => {
    const ports = [(await aProxy()).port, (await aProxy()).port];
    const { connection, events } = aConnection(listed(...ports), refuseOn(...ports));
    await expect(connection.open()).rejects.toThrow(BrokerRefusedError);
    expect(events.map((event) => event.split(' ').slice(2).join(' '))).toEqual([
      'at once',
      'later',
      'at once',
      'later',
      'at once',
    ]);
  });
});

describe('a name with several addresses', () => {
  /** A name whose second address is tried first. */
  async function aName(at: number, url = 'amqp'): Promise<Endpoints> {
    for (let index = 0; ; index += 1) {
      const endpoints = endpointsOf({ url: `${url}://${LOGIN.username}:${LOGIN.password}@mq${index}.test:${at}` });
      if ((await new Rounds(() => endpoints).next()).address === BOTH[1]) return endpoints;
    }
  }

  test('works although the first takes TCP connections and no AMQP', async () => {
    const proxy = await aProxy();
    const other = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    other.listen(proxy.port, BOTH[1]);
    await once(other, 'listening');
    onTestFinished(async () => {
      other.close();
      await once(other, 'close');
    });
    const endpoints = await aName(proxy.port);
    const { connection, events } = aConnection(endpoints);
    await connection.open();
    const name = brokerName(endpoints[0]);
    expect(events).toEqual([`retry ${name} (127.0.0.2) at once`, `up ${name} (127.0.0.1)`]);
  });

  test('with TLS, each address must have the certificate of the name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'order-sync-hosts-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { caFile, good, wrong } = await makeCertificates(folder);
    const front = await startTlsFront(BROKER.port, good);
    onTestFinished(() => front[Symbol.asyncDispose]());
    const ofLocalhost = { url: `amqps://${LOGIN.username}:${LOGIN.password}@localhost:${front.port}` };
    const endpoints = endpointsOf({ ...ofLocalhost, tls: { ca: readFileSync(caFile) } });
    const here = (): Endpoint => ({ ...endpoints[0], address: '127.0.0.1' });
    const trusted = aConnection([here()]);
    await trusted.connection.open();
    expect(trusted.events).toEqual([`up localhost:${front.port} (127.0.0.1)`]);
    const [, otherName] = wrong;
    if (otherName === undefined) throw new TypeError('there is a certificate of another name');
    front.show(otherName);
    const distrusting = aConnection([here()]);
    distrusting.connection.open().catch(() => undefined);
    await expect.poll(() => distrusting.errors[0]).toMatch(/its certificate is for another name/);
  });
});
