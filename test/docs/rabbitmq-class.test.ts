import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkOptions } from '../../src/broker/options.ts';
import * as orderSync from '../../src/index.ts';
import { aBystander, aQueueName, BROKER_URL } from '../helpers/broker.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { makeCertificates } from '../helpers/network/certificates.ts';
import { startTcpProxy } from '../helpers/network/tcp-proxy.ts';
import { startTlsFront } from '../helpers/network/tls-front.ts';
import { codeBlocks, tableCodes, text } from './documents.ts';
import { runSample } from './sample-script.ts';

const DOCUMENT = 'docs/rabbitmq-class.md';
const BROKER_PORT = Number(new URL(BROKER_URL).port || 5672);

/** The sample under this heading. */
function sample(heading: string): string {
  const section = text(DOCUMENT).split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const found = codeBlocks(DOCUMENT, 'js').find(({ code }) => section.includes(code));
  if (found === undefined) throw new Error(`expected a sample under "${heading}"`);
  return found.code;
}

/** The broker's address by way of another port. */
function through(port: number, changes: { protocol?: string; hostname?: string } = {}): string {
  return Object.assign(new URL(BROKER_URL), { port: String(port), ...changes }).href;
}

describe('the samples', () => {
  test.each(['Publish', 'Quorum queues'])('"%s" publishes an event, and ends', async (heading) => {
    const queue = aQueueName();
    const { ended } = runSample(sample(heading), { url: BROKER_URL, queue });
    expect(await ended).toEqual({ status: 0, stderr: '' });
    const { channel, drain } = await aBystander();
    expect(await drain(queue)).toMatchObject([{ content: '{"orderNumber":"10086","event":"paid"}' }]);
    // Refused unless it was declared just so.
    const quorum = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 };
    await channel.assertQueue(queue, { arguments: heading === 'Publish' ? {} : quorum });
  });

  test('"Consume" works on what is published, acks it, and ends with SIGTERM', async () => {
    const queue = aQueueName();
    const { lines, ended, stop } = runSample(sample('Consume'), { url: BROKER_URL, queue });
    const { publish, messages } = await aBystander();
    await expect.poll(() => messages(queue), { timeout: 20_000 }).toBe(0);
    for (const orderNumber of ['10086', '10087']) await publish(queue, JSON.stringify({ orderNumber }));
    await expect.poll(() => lines, { timeout: 10_000 }).toEqual(['working on 10086', 'working on 10087']);
    stop();
    expect(await ended).toEqual({ status: 0, stderr: '' });
    expect(await messages(queue)).toBe(0);
  });

  test('"When the broker goes away" waits for the broker, and loses no event with a connection', async () => {
    const queue = aQueueName();
    await using proxy = await startTcpProxy({ port: BROKER_PORT });
    await proxy.refuse(true);
    const { lines, ended } = runSample(sample('When the broker goes away'), { url: through(proxy.port), queue });
    await expect.poll(() => lines.join(), { timeout: 20_000 }).toMatch(/publishing: .*trying again in \d+ ms/);
    await proxy.refuse(false);
    await expect.poll(() => lines.join(), { timeout: 20_000 }).toContain('publishing: connected');
    proxy.cut();
    expect(await ended).toEqual({ status: 0, stderr: '' });
    const { drain } = await aBystander();
    const orders = (await drain(queue)).map(({ content }) => JSON.parse(content).orderNumber);
    expect([...new Set(orders)].sort()).toEqual(['10086', '10087', '10088']);
  });

  test('"Several brokers" says which of them it uses', async () => {
    const queue = aQueueName();
    const { host, username, password } = new URL(BROKER_URL);
    const hosts = [`127.0.0.1:${await aFreePort()}`, host];
    const replace = { 'shop:another-long-password@a:5672,b,c': `${username}:${password}@${hosts.join(',')}` };
    const { ended, lines } = runSample(sample('Several brokers'), { url: BROKER_URL, queue, replace });
    expect(await ended).toEqual({ status: 0, stderr: '' });
    expect(lines).toEqual([`publishing: connected to ${host}`]);
    expect(await (await aBystander()).messages(queue)).toBe(1);
  });

  test.skipIf(spawnSync('openssl', ['version']).status !== 0)('"TLS" trusts the CA that it names', async () => {
    const queue = aQueueName();
    const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { caFile, good } = await makeCertificates(folder);
    await using front = await startTlsFront(BROKER_PORT, good);
    const { ended } = runSample(sample('TLS'), {
      url: BROKER_URL,
      queue,
      replace: {
        'amqps://shop:another-long-password@mq.example:5671': through(front.port, { hostname: 'localhost' }).replace(
          'amqp:',
          'amqps:',
        ),
      },
      files: { 'ca.pem': readFileSync(caFile) },
    });
    expect(await ended).toEqual({ status: 0, stderr: '' });
    const { drain } = await aBystander();
    expect(await drain(queue)).toMatchObject([{ content: '10086' }]);
  });
});

describe('the tables', () => {
  const rows = tableCodes(DOCUMENT);
  /** The first cells, with what they name. */
  const named = rows.flatMap((codes) => codes.map((code) => code.replace(/\(.*/s, '')));

  test('have every option, with its default', () => {
    const [, declaration = ''] = text('src/broker/options.ts').split('export interface RabbitMQOptions {');
    const options = [...(declaration.split('\n}')[0] ?? '').matchAll(/^ {2}readonly (\w+)\??:/gm)].map(
      ([, name = '']) => name,
    );
    expect(options.length).toBeGreaterThan(15);
    expect(options.filter((name) => !named.includes(name))).toEqual([]);
    const { prefetch, publishTimeoutMs, connectionName } = checkOptions({
      url: BROKER_URL,
      exchange: 'x',
      queue: 'q',
      routingKey: 'k',
    });
    expect(rows).toContainEqual(['prefetch', String(prefetch)]);
    expect(rows.find(([name]) => name === 'publishTimeoutMs')).toContain(String(publishTimeoutMs));
    expect(rows.find(([name]) => name === 'connectionName')).toContain(`'${connectionName}'`);
  });

  test.each([
    ['RabbitMQ', orderSync.RabbitMQ],
    ['Delivery', orderSync.Delivery],
  ])('have every method and property of %s', (_, { prototype }) => {
    const members = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
    expect(members.filter((name) => !text(DOCUMENT).includes(`\`${name}`))).toEqual([]);
  });

  test('have every error', () => {
    const errors = Object.entries(orderSync).flatMap(([name, value]) =>
      typeof value === 'function' && value.prototype instanceof orderSync.BrokerError ? [name] : [],
    );
    expect(errors.length).toBeGreaterThan(5);
    expect(errors.filter((name) => !named.includes(name))).toEqual([]);
  });
});
