import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../../scripts/setup/free-ports.mjs';
import { aWorkplace } from '../helpers/daemon-process.ts';

/** What these tests read of a configuration in .vscode/launch.json. */
interface Configuration {
  readonly name: string;
  readonly runtimeExecutable: string;
  readonly program: string;
  readonly args?: readonly string[];
  readonly preLaunchTask: string;
}

const PROJECT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const launch = readSettings('launch.json') as {
  configurations: Configuration[];
  compounds: { configurations: string[] }[];
};

test('Daemon runs the daemon', async () => {
  const { env, folder } = aWorkplace({ SHOP_BASE_URL: 'http://127.0.0.1:9' });
  const daemon = start('Daemon', { env, cwd: folder });
  await expect.poll(daemon.output).toContain('ready: waiting for orders');
  daemon.stop();
  expect(await daemon.status).toBe(0);
});

test('Demo shop runs the shop', async () => {
  const [port = 0] = await freePorts(1);
  const shop = start('Demo shop', { env: { PORT: String(port) } });
  await expect.poll(shop.output).toContain(`at http://127.0.0.1:${port}`);
  shop.stop();
  expect(await shop.status).toBe(0);
});

// It takes ten seconds with a broker, and CI runs it anyway.
test('Demo runs the demo, which names the broker that does not answer', async () => {
  const [deadPort = 0] = await freePorts(1);
  const { folder } = aWorkplace();
  const demo = start('Demo', { env: { RABBITMQ_URL: `amqp://127.0.0.1:${deadPort}` }, cwd: folder });
  expect(await demo.status).toBe(1);
  expect(demo.output()).toContain(`Cannot use RabbitMQ at 127.0.0.1:${deadPort}`);
});

test('Test file runs the file in the editor', async () => {
  const vitest = start('Test file', { env: { NO_COLOR: '1' }, relativeFile: 'test/errors.test.ts' });
  expect(await vitest.status).toBe(0);
  expect(vitest.output()).toContain('✓ test/errors.test.ts');
  expect(vitest.output()).toMatch(/Test Files\s+1 passed \(1\)/);
});

test('the configurations name tasks, and the compounds configurations, that exist', () => {
  const { tasks } = readSettings('tasks.json') as { tasks: { label: string }[] };
  const labels = tasks.map(({ label }) => label);
  expect(labels).toEqual(expect.arrayContaining(launch.configurations.map(({ preLaunchTask }) => preLaunchTask)));
  const names = launch.configurations.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(launch.compounds.flatMap(({ configurations }) => configurations)));
});

/** Starts what the editor would start, only without the debugger. */
function start(name: string, { env, cwd = PROJECT, relativeFile = '' }: Circumstances) {
  const configuration = launch.configurations.find((candidate) => candidate.name === name);
  if (configuration === undefined) throw new Error(`launch.json has no configuration "${name}"`);
  const { runtimeExecutable, program, args = [] } = configuration;
  const variables: Record<string, string> = { workspaceFolder: PROJECT, relativeFile };
  const [command = '', ...rest] = [runtimeExecutable, program, ...args].map((text) =>
    text.replace(/\$\{(\w+)\}/g, (variable, key: string) => variables[key] ?? variable),
  );
  const child = spawn(command, rest, { cwd, env: { PATH: process.env['PATH'], ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const status = once(child, 'close').then(([code]): unknown => code);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await status;
  });
  return { output: () => output, stop: () => child.kill('SIGTERM'), status };
}

interface Circumstances {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly relativeFile?: string;
}

/** JSON with comments, each on a line of its own. */
function readSettings(file: string): unknown {
  return JSON.parse(readFileSync(`${PROJECT}/.vscode/${file}`, 'utf8').replace(/^\s*\/\/.*$/gm, ''));
}
