import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const CONFIG = new URL('../../src/config/read-environment.ts', import.meta.url).href;
const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));
const PROGRAM = `import { readEnvironment } from ${JSON.stringify(CONFIG)};
try { console.log(JSON.stringify(readEnvironment())); } catch (error) { console.log(JSON.stringify({ name: error.name, message: error.message })); }`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-sync-env-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function environmentIn(cwd: string, env: Record<string, string> = {}): Promise<Record<string, string>> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', PROGRAM], { cwd, env });
  return JSON.parse(stdout);
}

test('the real environment wins over .env', async () => {
  writeFileSync(join(folder, '.env'), "SHOP_NAME=from-file\nSHOP_TOKEN='a#b'\nLOG_LEVEL=debug\n");
  const env = await environmentIn(folder, { SHOP_NAME: 'real', LOG_LEVEL: '' });
  expect(env).toMatchObject({ SHOP_NAME: 'real', SHOP_TOKEN: 'a#b', LOG_LEVEL: '' });
});

test('a .env is optional', async () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  expect(await environmentIn(empty, { SHOP_NAME: 'real' })).toMatchObject({ SHOP_NAME: 'real' });
});

test('a .env that cannot be read is a problem', async () => {
  const odd = join(folder, 'odd');
  mkdirSync(join(odd, '.env'), { recursive: true });
  expect(await environmentIn(odd)).toEqual({
    name: 'ConfigError',
    message: '.env: cannot be read (EISDIR); expected a readable file, or none.',
  });
});

test('nothing but src/config/read-environment.ts reads the environment', () => {
  const readers = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && /\bprocess\.env\b/.test(readFileSync(join(SOURCES, file), 'utf8')),
  );
  expect(readers).toEqual(['config/read-environment.ts']);
});
