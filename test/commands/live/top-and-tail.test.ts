import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace, startDaemon, type Workplace } from '../../helpers/daemon-process.ts';
import { aFreePort } from '../../helpers/free-port.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { jsonLines, orderSync } from '../helpers/cli.ts';

const TOKEN = 'a-token-of-more-than-16';
const VIEWER_TOKEN = 'another-one-of-more-than-16';
const MAIN = new URL('../../../src/main.ts', import.meta.url).pathname;

async function aWatchedWorkplace(): Promise<Workplace> {
  const shop = await aShop({
    orders: ['10086', '10087', '10088'].map((orderNumber) => anOrderDocument({ orderNumber })),
  });
  return aWorkplace({
    ...shopEnv(shop),
    OPS_PORT: await aFreePort(),
    OPS_TOKEN: TOKEN,
    OPS_VIEWER_TOKEN: VIEWER_TOKEN,
  });
}

/** A running `order-sync tail`, without a terminal. */
function aTail({ folder, env }: Workplace, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, 'tail', ...args], { cwd: folder, env });
  const exited = once(child, 'close').then(([status]: unknown[]) => status);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return { stdout: () => stdout, stderr: () => stderr, interrupt: () => child.kill('SIGINT'), exited };
}

test('top without a terminal is one snapshot, for people and as JSON', async () => {
  const workplace = await aWatchedWorkplace();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '10086');
  await bystander.publish(workplace.queue, '[]');
  await expect.poll(() => daemon.outcomes()).toHaveLength(2);
  const { status, stdout, stderr } = await orderSync(workplace, ['top']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^order-sync .* · shop · queue test\./);
  expect(stdout).toMatch(/^RUNNING$/m);
  expect(stdout).toMatch(/dead letters 1 /);
  expect(stdout).toMatch(/synced +10086/);
  expect(stdout).toMatch(/dead-lettered +\(names no order\) .*malformed_event/);
  expect(stdout).not.toContain('\u001B');
  const json = await orderSync(workplace, ['top', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    consumption: { state: 'running' },
    figures: { deadLetters: 1, waiting: 0 },
  });
});

test('tail follows deliveries, filtered, through a restart of the daemon, until Ctrl-C', async () => {
  const workplace = await aWatchedWorkplace();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '10086');
  await expect.poll(() => daemon.outcomes()).toHaveLength(1);
  const all = aTail(workplace, '--json');
  const one = aTail(workplace, '--order', '10087');
  const bad = aTail(workplace, '--outcome', 'dead-lettered', '--reason', 'malformed_event', '-n', '5');
  const none = aTail(workplace, '--reason', 'order_not_found', '--outcome', 'dead-lettered', '--lines', '100');
  await expect.poll(() => jsonLines(all.stdout())).toMatchObject([{ order: '10086', outcome: 'synced' }]);
  await bystander.publish(workplace.queue, '10087');
  await expect.poll(() => daemon.outcomes()).toHaveLength(2);
  await bystander.publish(workplace.queue, '[]');
  await expect.poll(() => jsonLines(all.stdout()).map((line) => line['order'])).toEqual(['10086', '10087', null]);
  await expect.poll(one.stdout).toMatch(/^2\d{3}-\S+ \S+Z {2}synced +10087 \(unspecified\)\n$/);
  await expect.poll(bad.stdout).toMatch(/dead-lettered +\(names no order\) +malformed_event\n$/);

  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
  await expect.poll(all.stderr, { timeout: 5_000 }).toContain('does not answer');
  const next = startDaemon(workplace);
  await next.ready();
  await expect.poll(all.stderr, { timeout: 5_000 }).toContain('The daemon is back.');
  await bystander.publish(workplace.queue, '10088');
  await expect
    .poll(() => jsonLines(all.stdout()).map((line) => line['order']))
    .toEqual(['10086', '10087', null, '10088']);
  for (const tail of [all, one, bad, none]) {
    tail.interrupt();
    expect(await tail.exited).toBe(0);
  }
  expect(one.stdout()).not.toMatch(/10086|10088/);
  expect(none.stdout()).toBe('');
}, 120_000);

test.each(['top', 'tail'])('%s says what to do when no daemon answers', async (command) => {
  const without = await orderSync(aWorkplace(), [command]);
  expect(without.status).toBe(78);
  expect(without.stderr).toContain('OPS_PORT: not set');

  const port = await aFreePort();
  const unanswered = await orderSync(aWorkplace({ OPS_PORT: port }), [command]);
  expect(unanswered.status).toBe(69);
  expect(unanswered.stderr).toMatch(
    new RegExp(`No daemon answers at http://127.0.0.1:${port} \\(.*ECONNREFUSED.*Is it running`),
  );

  const other = createServer((_request, response) => response.writeHead(404).end('not here'));
  await once(other.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void other.close());
  const { port: otherPort } = other.address() as AddressInfo;
  const foreign = await orderSync(aWorkplace({ OPS_PORT: String(otherPort) }), [command]);
  expect(foreign.status).toBe(1);
  expect(foreign.stderr).toContain('is not order-sync');
});

test('a wrong token is named, and never shown', async () => {
  const workplace = await aWatchedWorkplace();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const wrong = { OPS_TOKEN: 'not-the-token-of-the-daemon', OPS_VIEWER_TOKEN: '' };
  for (const command of ['top', 'tail']) {
    const { status, stderr } = await orderSync(workplace, [command], { env: wrong });
    expect(status).toBe(78);
    expect(stderr).toContain('OPS_TOKEN: the daemon at');
    expect(stderr).not.toContain(wrong.OPS_TOKEN);
  }
});
