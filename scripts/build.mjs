/** Builds dist/, or the folder given, from scratch: the content of the package and the container image. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const compiler = join(project, 'node_modules/typescript/bin/tsc');
const dist = resolve(process.argv[2] ?? join(project, 'dist'));
const main = join(dist, 'main.js');

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', dist], {
  cwd: project,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
if (existsSync(main)) chmodSync(main, 0o755);
// The web page is served as it is written.
cpSync(join(project, 'src/ops/dashboard/page'), join(dist, 'ops/dashboard/page'), {
  recursive: true,
  filter: (file) => extname(file) !== '.json',
});
