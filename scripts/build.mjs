/** Builds dist/ anew: what the package and the container image hold. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

rmSync(fileURLToPath(new URL('../dist', import.meta.url)), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: project,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
if (existsSync(main)) chmodSync(main, 0o755);
// The web page is served as it is written.
cpSync(`${project}src/ops/desk/page`, `${project}dist/ops/desk/page`, {
  recursive: true,
  filter: (file) => extname(file) !== '.json',
});
