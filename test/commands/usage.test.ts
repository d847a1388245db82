import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace } from '../helpers/daemon-process.ts';
import { orderSync } from './helpers/cli.ts';
import { declareDeadLetters } from './helpers/dead-letters.ts';

const nowhere = { folder: '.', env: { PATH: '' } };
const COMMANDS = [
  'start',
  'check',
  'alert',
  'status',
  'orders',
  'top',
  'tail',
  'send',
  'resync',
  'reconcile',
  'import',
  'prune',
  'forget',
  'new-adapter',
  'test-adapter',
  'validate',
  'audit',
  'token',
  'dead-letters',
];

test('--help explains every command, with examples, exit statuses and where settings come from', async () => {
  const { status, stdout, stderr } = await orderSync(nowhere, ['--help']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  expect(stdout).toMatch(/Examples:\n {2}order-sync check/);
  expect(stdout).toMatch(/Exit status:\n {2}0 +done/);
  expect(stdout).toContain('.env.example');
});

test.each([
  ...COMMANDS.slice(0, -1),
  'dead-letters list',
  'dead-letters show',
  'dead-letters replay',
  'dead-letters discard',
  'dead-letters restore',
])('%s --help has examples and exit statuses, and fits into 100 columns', async (command) => {
  const { status, stdout } = await orderSync(nowhere, [...command.split(' '), '--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}\S/);
  expect(stdout).toMatch(/Exit status:\n {2}0 /);
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
});

test.each([
  [[], 'Usage: order-sync [options] [command]'],
  [['stauts'], "unknown command 'stauts'"],
  [['status'], "missing required argument 'orderNumber'"],
  [['status', '--jsn', '1'], "unknown option '--jsn'"],
  [['send', '--event', 'lost', '1'], 'Allowed choices are paid, cancelled, updated'],
  [['orders', '--since', 'yesterday'], 'Expected a duration such as 15m, 1h or 2d'],
  [['orders', '--limit', '0'], 'Expected a whole number from 1'],
  [['orders', '--state', 'lost'], 'Allowed choices are synced, undelivered, retrying, dead-lettered, discarded'],
  [['tail', '--outcome', 'lost'], 'Allowed choices are synced, unchanged'],
  [['tail', '-n', '101'], 'Expected a whole number from 0 to 100'],
  [['new-adapter'], "required option '--from <file>' not specified"],
  [['test-adapter', 'a?b'], 'An order number has 1 to 64 visible characters'],
  [['dead-letters'], 'Usage: order-sync dead-letters'],
])('%j is a usage error: it says so, prints the help and ends with 64', async (args, message) => {
  const { status, stdout, stderr } = await orderSync(nowhere, args);
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain('Usage: order-sync');
});

test('a command requires only the settings that it needs', async () => {
  const { env, ...workplace } = aWorkplace();
  const only = (pattern: RegExp) => Object.fromEntries(Object.entries(env).filter(([name]) => pattern.test(name)));
  const withoutShop = await orderSync({ ...workplace, env: only(/^(?:PATH|RABBITMQ)/) }, ['send', '1']);
  expect(withoutShop).toMatchObject({ status: 0, stderr: '' });
  const withoutBroker = await orderSync({ ...workplace, env: { PATH: '' } }, ['send', '1']);
  expect(withoutBroker.status).toBe(78);
  expect(withoutBroker.stderr).toMatch(/RABBITMQ_URL: not set; expected amqp:/);
  expect(withoutBroker.stderr).not.toMatch(/SHOP_|INTERNAL_SYSTEM/);
});

test('a reader that has seen enough ends a long list quietly, and loses no dead letter', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  await declareDeadLetters(bystander, workplace.queue);
  const dead = `${workplace.queue}.dead-letters`;
  for (let index = 0; index < 3000; index += 1) bystander.channel.sendToQueue(dead, Buffer.from(`N-${index}`));
  await bystander.publish(dead, 'LAST');
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'dead-letters', 'list', '--json'], {
    cwd: workplace.folder,
    env: workplace.env,
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ status: child.exitCode, stderr }).toEqual({ status: 0, stderr: '' });
  await expect.poll(() => bystander.messages(dead)).toBe(3001);
});
