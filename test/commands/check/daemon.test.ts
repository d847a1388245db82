import { mkdirSync, readdirSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { VERSION } from '../../../src/version.ts';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace, startDaemon, type Workplace } from '../../helpers/daemon-process.ts';
import { aFreePort } from '../../helpers/free-port.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { orderSync } from '../helpers/cli.ts';

const TOKEN = 'a-token-of-this-test';

async function aPlaceWithOps(more: Readonly<Record<string, string>> = {}): Promise<Workplace> {
  return aWorkplace({ ...shopEnv(await aShop()), OPS_PORT: await aFreePort(), ...more });
}

/** The check named `daemon`, and what `check` as a whole ends with. */
async function daemonIn(workplace: Workplace, env: Readonly<Record<string, string>> = {}) {
  const { status, stdout } = await orderSync(workplace, ['check', '--json'], { env });
  const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string; message: string }[] };
  const found = checks.find(({ name }) => name === 'daemon');
  return { status, ...found, others: checks.filter(({ name }) => name !== 'daemon') };
}

/** Something that answers on the port, and is no daemon that we could start. */
async function aProgramOn(port: number, answer: RequestListener): Promise<void> {
  const server = createServer(answer);
  onTestFinished(() => void server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

test('before the first start nothing runs, which is no failure; without OPS_PORT nobody is asked', async () => {
  const workplace = await aPlaceWithOps();
  const { status, state, message } = await daemonIn(workplace);
  expect({ status, state }).toEqual({ status: 0, state: 'skipped' });
  expect(message).toContain(`does not run here: nothing listens on 127.0.0.1 port ${workplace.env['OPS_PORT']}`);
  expect((await orderSync(workplace, ['check'], { env: { OPS_PORT: '' } })).stdout).not.toMatch(/daemon {2}/);
});

test('a daemon that runs is ready; paused on an old token, it is not, and check says why and since when', async () => {
  const workplace = await aPlaceWithOps({ OPS_TOKEN: TOKEN });
  const daemon = startDaemon(workplace, { SHOP_TOKEN: 'the-one-before-the-last' });
  await daemon.ready();
  expect(await daemonIn(workplace)).toMatchObject({ status: 0, state: 'ok', message: 'runs and is ready' });
  await (await aBystander()).publish(workplace.queue, '10086');
  await daemon.line((line) => line.msg.startsWith('paused'));
  const found = await daemonIn(workplace);
  expect(found).toMatchObject({ status: 69, state: 'failed', reason: expect.stringContaining('the shop refuses') });
  expect(found.message).toMatch(/^runs, and is not ready: paused: the shop refuses our credentials/);
  expect(found.message).toMatch(/^since 20.* UTC \(/m);
  expect(found).toMatchObject({ remedy: 'If the credentials pass above, it still has the old ones: restart it.' });
  const broker = found.others.find(({ name }) => name === 'RabbitMQ');
  expect(broker?.message).toContain('nothing consumes them: no daemon runs, or it is paused. See "daemon" below');

  const stranger = await daemonIn(workplace, { OPS_TOKEN: 'another-one-of-this-test' });
  expect(stranger.message).toContain('! it refuses OPS_TOKEN: it runs with another one');
  expect(stranger.message).not.toContain('credentials');

  // Where only people have tokens, of which the configuration knows the hashes alone.
  const tokenless = await daemonIn(workplace, { OPS_TOKEN: '' });
  expect(tokenless.message).toContain('! it says more to who has a token: set OPS_TOKEN or OPS_VIEWER_TOKEN');
});

test('a daemon that a person has paused is ready, and check says who paused it', async () => {
  const workplace = await aPlaceWithOps({ OPS_TOKEN: TOKEN });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await orderSync(workplace, ['pause', '--by', 'li.wei', '--reason', 'ERP update']);
  const { status, state, message } = await daemonIn(workplace);
  expect({ status, state }).toEqual({ status: 0, state: 'ok' });
  expect(message).toMatch(/^runs, and is paused by li\.wei since .*: ERP update$/);
});

test('what the running daemon has not got from the configuration yet is said', async () => {
  const workplace = await aPlaceWithOps();
  await aProgramOn(Number(workplace.env['OPS_PORT']), ({ url }, response) => {
    const session = { role: 'viewer', asksForToken: false, shop: 'another', queue: 'old-orders', version: '0.0.1' };
    response.end(JSON.stringify(url === '/readyz' ? { ready: true } : session));
  });
  const { status, message } = await daemonIn(workplace);
  expect(status).toBe(0);
  expect(message?.split('\n')).toEqual([
    'runs and is ready',
    `! it runs version 0.0.1; this is ${VERSION}; restart it to use what is set here`,
    '! it consumes the queue old-orders; restart it to use what is set here',
    '! it serves the shop another; restart it to use what is set here',
  ]);
});

describe('a port that is taken by something else', () => {
  test('a web server', async () => {
    const workplace = await aPlaceWithOps();
    await aProgramOn(Number(workplace.env['OPS_PORT']), (_, response) => response.end('<html>'));
    const { status, message } = await daemonIn(workplace);
    expect(status).toBe(78);
    expect(message).toMatch(/OPS_PORT, OPS_HOST: another program answers on 127\.0\.0\.1 port/);
  });

  test('a server that speaks no HTTP', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0\r\n', () => socket.destroy()));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { status, message } = await daemonIn(await aPlaceWithOps({ OPS_PORT: String(port) }));
    expect(status).toBe(69);
    expect(message).toMatch(/^something listens on .* and does not answer like order-sync/);
  });

  test('an address that is not of this machine: the daemon could not listen there', async () => {
    const { status, message } = await daemonIn(await aPlaceWithOps({ OPS_HOST: '192.0.2.1', OPS_TOKEN: TOKEN }));
    expect(status).toBe(78);
    expect(message).toMatch(/^OPS_PORT, OPS_HOST: cannot listen on 192\.0\.2\.1/);
  });
});

test('a port for webhooks that could not be listened on is found before the start', async () => {
  const env = { WEBHOOK_PORT: '9465', WEBHOOK_HOST: '192.0.2.1', WEBHOOK_SECRET: 'secret-of-the-shop' };
  const { status, stdout } = await orderSync(await aPlaceWithOps(env), ['check']);
  expect(status).toBe(78);
  expect(stdout).toMatch(/✗ webhooks .*(?:cannot listen|another program answers) on 192\.0\.2\.1/);
});

test.each([
  ['a missing folder', 'missing/log', /"missing\/log" can't be written \(ENOENT\)/],
  ['a folder', '.', /"\." can't be written \(EISDIR\)/],
])('LOG_FILE in %s is a problem of the configuration', async (_, file, problem) => {
  const { status, stdout } = await orderSync(await aPlaceWithOps({ LOG_FILE: file }), ['check']);
  expect(status).toBe(78);
  expect(stdout).toMatch(problem);
});

test('LOG_FILE that could be written is not made by asking', async () => {
  const workplace = await aPlaceWithOps();
  mkdirSync(join(workplace.folder, 'logs'));
  const { status } = await orderSync(workplace, ['check'], { env: { LOG_FILE: 'logs/log' } });
  expect(status).toBe(0);
  expect(readdirSync(join(workplace.folder, 'logs'))).toEqual([]);
});
