import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

/** Every write to it fails with ENOSPC, as on a disk that is full. */
const FULL = '/dev/full';
const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

async function aPlace(): Promise<Workplace> {
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
  return aWorkplace({ ...shopEnv(shop), OPS_PORT: await aFreePort() });
}

/** The daemon, with its output where a shell would put it. @returns what it writes to stderr */
function startWithOutput(
  workplace: Workplace,
  redirected: string,
  env: Readonly<Record<string, string>> = {},
): () => string {
  const child = spawn('bash', ['-c', `exec "${process.execPath}" "${MAIN}" start ${redirected}`], {
    cwd: workplace.folder,
    env: { ...workplace.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(child, 'close');
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  return () => stderr;
}

async function synced(workplace: Workplace): Promise<void> {
  const { publish } = await aBystander();
  const stored = async () => {
    await publish(workplace.queue, '10086').catch(() => undefined);
    return storedOrders(workplace.database);
  };
  await expect.poll(stored).toHaveLength(1);
}

test('a log file on a full disk: orders go on, and /readyz, stdout and check say so; its end too', async () => {
  const workplace = await aPlace();
  const link = join(workplace.folder, 'log');
  symlinkSync(FULL, link);
  const daemon = startDaemon(workplace, { LOG_FILE: 'log' });
  await daemon.ready();
  const told = daemon.lines.filter(({ msg }) => msg.startsWith("the log file log can't be written"));
  expect(told).toEqual([
    expect.objectContaining({
      level: 'error',
      code: 'ENOSPC',
      msg: expect.stringMatching(/the disk is full.*; orders go on$/),
    }),
  ]);
  await (await aBystander()).publish(workplace.queue, '10086');
  await daemon.line((line) => line['outcome'] === 'synced');
  const readyz = async () => await fetch(`http://127.0.0.1:${workplace.env['OPS_PORT']}/readyz`);
  const reply = await readyz();
  expect(reply.status).toBe(200);
  expect(await reply.json()).toEqual({
    ready: true,
    warnings: [expect.stringMatching(/^the log file log can't be written since 20.*\(ENOSPC: the disk is full\)/)],
  });
  const { status, stdout } = await orderSync(workplace, ['check']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/✓ daemon .*runs and is ready\n.*! the log file log can't be written since/);

  unlinkSync(link);
  daemon.signal('SIGUSR2');
  await (await aBystander()).publish(workplace.queue, '10086');
  await daemon.line(({ msg }) => msg === 'the log file log can be written again');
  expect(await (await readyz()).json()).toEqual({ ready: true });
  expect(readFileSync(link, 'utf8')).toMatch(/log lines before this one were lost/);
});

test('stdout on a full disk: the log file says so', async () => {
  const workplace = await aPlace();
  startWithOutput(workplace, `> ${FULL}`, { LOG_FILE: 'log' });
  const log = () => readFileSync(join(workplace.folder, 'log'), 'utf8');
  await expect
    .poll(
      () => {
        try {
          return log();
        } catch {
          return '';
        }
      },
      { timeout: 10_000 },
    )
    .toContain('ready: waiting for orders');
  await synced(workplace);
  expect(log()).toMatch(/"msg":"stdout can't be written since .*ENOSPC/);
});

test('the only log on a full disk: stderr says so, once', async () => {
  const workplace = await aPlace();
  const stderr = startWithOutput(workplace, `> ${FULL}`);
  await expect.poll(stderr, { timeout: 10_000 }).toContain("stdout can't be written since");
  await expect
    .poll(
      async () => (await fetch(`http://127.0.0.1:${workplace.env['OPS_PORT']}/readyz`).catch(() => undefined))?.status,
    )
    .toBe(200);
  await synced(workplace);
  expect(stderr().match(/can't be written/g)).toHaveLength(1);
});
