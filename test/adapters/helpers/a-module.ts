import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes a module into a folder of its own, removed after the test, and returns its path. */
export async function aModule(source: string, name = 'adapter.mjs'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'order-sync-adapter-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const path = join(folder, name);
  await writeFile(path, source);
  return path;
}

/** The errors that an adapter is meant to throw: `import` them into a module's source. */
export const ERRORS_MODULE = new URL('../../../src/errors.ts', import.meta.url).href;
