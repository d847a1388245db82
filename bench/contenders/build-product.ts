import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from '../bench-error.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** Inside node_modules, so that the build finds its dependencies and leaves dist/ alone. */
const FOLDER = join(PROJECT, 'node_modules', '.cache', 'order-sync', 'bench');

/** Builds order-sync as `npm run build` does. @returns the path of its main.js */
export function buildProduct(): string {
  const dist = join(FOLDER, 'dist');
  mkdirSync(FOLDER, { recursive: true });
  const { status, stdout } = spawnSync(process.execPath, [join(PROJECT, 'scripts/build.mjs'), dist], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new BenchError(`Cannot build order-sync:\n${stdout}`);
  copyFileSync(join(PROJECT, 'package.json'), join(FOLDER, 'package.json'));
  return join(dist, 'main.js');
}
