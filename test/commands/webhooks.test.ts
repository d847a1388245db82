import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Spool } from '../../src/webhooks/spool.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { exchange } from '../webhooks/helpers/service.ts';
import { fromWooCommerce, SECRET } from '../webhooks/helpers/shops.ts';
import { orderSync } from './helpers/cli.ts';

const WEBHOOKS = { WEBHOOK_SECRET: SECRET, WEBHOOK_PRESET: 'woocommerce' };

async function post(port: string, id: number): Promise<number> {
  const { path, headers, body } = fromWooCommerce('order.updated', { id });
  return (await exchange(Number(port), { method: 'POST', path, headers, body })).status;
}

async function get(port: string, path: string): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}

function listening(process: DaemonProcess): Promise<unknown> {
  return process.line(({ msg }) => msg === 'webhook port open');
}

async function aProcess(workplace: Workplace, env: Record<string, string> = {}): Promise<[string, DaemonProcess]> {
  const port = await aFreePort();
  const process = startDaemon(workplace, env, ['webhooks', '--port', port]);
  await listening(process);
  return [port, process];
}

test('a process of its own needs neither shop nor internal system, answers probes, and stops at SIGTERM', async () => {
  const workplace = aWorkplace({ ...WEBHOOKS, INTERNAL_SYSTEM_URL: '' });
  const [port, process] = await aProcess(workplace);
  expect(await post(port, 58)).toBe(200);
  const bystander = await aBystander();
  await expect.poll(() => bystander.messages(workplace.queue)).toBe(1);
  expect(await get(port, '/livez')).toBe('live\n');
  expect(await get(port, '/readyz')).toBe('{"ready":true}\n');
  expect(await get(port, '/metrics')).toMatch(/^order_sync_webhooks_total\{result="(?:published|spooled)"\} 1$/m);
  process.signal('SIGTERM');
  expect(await process.exited).toBe(0);
});

test('refused by the broker, it takes webhooks all the same, and stops at once', async () => {
  const workplace = aWorkplace(WEBHOOKS);
  const url = new URL(workplace.env['RABBITMQ_URL'] ?? '');
  url.password = 'wrong';
  const [port, process] = await aProcess(workplace, { RABBITMQ_URL: url.href });
  await process.line(({ msg }) => msg.startsWith('RabbitMQ refuses us: webhooks wait'));
  expect(await post(port, 58)).toBe(200);
  process.signal('SIGTERM');
  expect(await process.exited).toBe(0);
  const [, next] = await aProcess(workplace);
  await next.line(({ msg }) => msg === 'the webhooks that waited on disk are in the queue');
});

test('the daemon takes webhooks where WEBHOOK_PORT is set, even while its shop and its database are away', async () => {
  const port = await aFreePort();
  const away = { SHOP_BASE_URL: 'http://127.0.0.1:1', INTERNAL_SYSTEM_URL: 'postgres://nobody@127.0.0.1:1/none' };
  const daemon = startDaemon(aWorkplace({ ...WEBHOOKS, ...away, WEBHOOK_PORT: port }));
  await listening(daemon);
  expect(await post(port, 58)).toBe(200);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
});

test('a port that is taken is a configuration problem', async () => {
  const workplace = aWorkplace(WEBHOOKS);
  const [port] = await aProcess(workplace);
  const second = await orderSync(workplace, ['webhooks', '--port', port]);
  expect(second.status).toBe(78);
  expect(second.stderr).toContain(`cannot listen on 127.0.0.1 port ${port} (EADDRINUSE)`);
});

test('without a secret or a token nothing is taken', async () => {
  const { status, stderr } = await orderSync(aWorkplace(), ['webhooks']);
  expect(status).toBe(78);
  expect(stderr).toContain('WEBHOOK_SECRET: not set');
});

describe('check', () => {
  async function checked(workplace: Workplace): Promise<{ status: number | null; line: string }> {
    const { status, stdout } = await orderSync(workplace, ['check', '--json']);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string; message: string }[] };
    const found = checks.find(({ name }) => name === 'webhooks');
    return { status, line: found === undefined ? '' : `${found.state}: ${found.message}` };
  }

  test('says how webhooks are taken, what waits on disk, and that the port is free', async () => {
    const port = await aFreePort();
    const workplace = aWorkplace({
      ...shopEnv(await aShop()),
      ...WEBHOOKS,
      WEBHOOK_OLD_SECRET: 'the-one-before-it',
      WEBHOOK_PORT: port,
    });
    const spool = new Spool({ path: join(workplace.folder, 'data/webhooks.db'), max: 10 });
    spool.append([{ reference: '58', type: 'paid' }], new Date());
    spool.close();
    expect(await checked(workplace)).toEqual({
      status: 0,
      line: [
        'ok: POST /webhooks/woocommerce, signed; WEBHOOK_OLD_SECRET counts as well',
        '! 1 event on disk, waiting for RabbitMQ',
        `port ${port}: free; "order-sync start" takes them`,
      ].join('\n'),
    });
  });

  test('tells a port where order-sync answers from one where another program does', async () => {
    const workplace = aWorkplace({ ...shopEnv(await aShop()), ...WEBHOOKS });
    const [port] = await aProcess(workplace);
    const ours = { ...workplace, env: { ...workplace.env, WEBHOOK_PORT: port } };
    expect((await checked(ours)).line).toContain(`port ${port}: order-sync answers`);
    const other = createServer((_, response) => void response.end('hello')).listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const taken = String((other.address() as AddressInfo).port);
    expect(await checked({ ...workplace, env: { ...workplace.env, WEBHOOK_PORT: taken } })).toEqual({
      status: 78,
      line: `failed: WEBHOOK_PORT: another program answers on 127.0.0.1 port ${taken}; expected a free one.`,
    });
  });
});
