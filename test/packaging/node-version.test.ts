import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { OLDEST_NODE } from '../../scripts/setup/project.mjs';

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const readText = (path: string) => readFileSync(inProject(path), 'utf8');

test('on an old Node the program says which one it needs and which one it found, and ends with 78', () => {
  const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.5' } })";
  const args = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, inProject('src/main.ts'), 'start'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe(`order-sync needs Node 24 or newer; ${process.execPath} is Node 20.19.5.\n`);
  expect({ status, stdout }).toEqual({ status: 78, stdout: '' });
});

test('every file that names the oldest Node names the same one', () => {
  const manifest: { engines: { node: string } } = JSON.parse(readText('package.json'));
  expect({
    engines: manifest.engines.node,
    nvmrc: readText('.nvmrc').trim(),
    program: /OLDEST_NODE = (\d+)/.exec(readText('src/main.ts'))?.[1],
  }).toEqual({ engines: `>=${OLDEST_NODE}`, nvmrc: String(OLDEST_NODE), program: String(OLDEST_NODE) });
});
