import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OLDEST_NODE } from '../../scripts/setup/project.mjs';
import { EXIT } from '../../src/commands/cli/exit-status.ts';
import { buildPackage } from '../helpers/built-package.ts';

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const readText = (path: string) => readFileSync(inProject(path), 'utf8');
const manifest: { version: string; bin: { 'order-sync': string }; engines: { node: string } } = JSON.parse(
  readText('package.json'),
);

let packageFolder = '';

beforeAll(() => {
  packageFolder = buildPackage();
});

afterAll(() => rm(packageFolder, { recursive: true }));

describe.each([
  ['a checkout', () => inProject('src/main.ts')],
  ['the package', () => join(packageFolder, manifest.bin['order-sync'])],
])('the program of %s', (_, main) => {
  test('on an old Node says which one it needs and which one it found, and ends with 78', () => {
    const { status, stdout, stderr } = run('--import', pretendToBe('20.19.5'), main(), 'start');
    expect(stderr).toBe(`order-sync needs Node 24 or newer; ${process.execPath} is Node 20.19.5.\n`);
    expect({ status, stdout }).toEqual({ status: EXIT.badConfiguration, stdout: '' });
  });

  test('imports nothing before that check: an old Node could not parse it', () => {
    expect(readFileSync(main(), 'utf8')).not.toMatch(/^\s*(import\b(?!\()|export\b.*\bfrom\b)/m);
  });

  test('runs on this Node', () => {
    const { status, stdout } = run(main(), '--version');
    expect({ status, stdout }).toEqual({ status: EXIT.ok, stdout: `${manifest.version}\n` });
  });
});

test.each([
  ['order-sync', 'RabbitMQ'],
  ['order-sync/shop', 'defineShop'],
  ['order-sync/erp', 'defineSink'],
  ['order-sync/tables', 'defineMapping'],
])('an installed package gives %s to whoever imports it, with its types', (name, value) => {
  const script = `import * as it from '${name}'; console.log(typeof it.${value}, import.meta.resolve('${name}'))`;
  const options = { cwd: packageFolder, encoding: 'utf8' } as const;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], options);
  const [type, url = ''] = stdout.trim().split(' ');
  expect(type).toBe('function');
  expect(existsSync(fileURLToPath(url.replace(/\.js$/, '.d.ts')))).toBe(true);
});

test('set-up does not begin on a Node whose npm would rewrite package-lock.json', () => {
  const { status, stderr } = run('--import', pretendToBe('16.20.2'), inProject('scripts/setup.mjs'));
  expect(stderr).toMatch(/^set-up: failed\. order-sync needs Node 24 or newer, .*; .* is Node 16\.20\.2\.\n$/);
  expect(status).toBe(1);
});

test('every file that names the oldest Node names the same one', () => {
  expect({
    engines: manifest.engines.node,
    nvmrc: readText('.nvmrc').trim(),
    program: /OLDEST_NODE = (\d+)/.exec(readText('src/main.ts'))?.[1],
  }).toEqual({ engines: `>=${OLDEST_NODE}`, nvmrc: String(OLDEST_NODE), program: String(OLDEST_NODE) });
});

/** A module for `--import`: an old Node is not to be found on every machine. */
function pretendToBe(version: string): string {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  return `data:text/javascript,${encodeURIComponent(old)}`;
}

function run(...args: string[]) {
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}
