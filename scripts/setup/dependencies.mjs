import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { partsLeftOut } from './platform-parts.mjs';
import { inProject, PROJECT, readJson, runsTheProject } from './project.mjs';
import { SetupError, say } from './report.mjs';

/** Installs the packages of package-lock.json that are missing or of another version. */
export function ensureDependencies() {
  const wanted = readJson(inProject('package-lock.json'))?.packages;
  if (wanted === undefined) {
    throw new SetupError('package-lock.json is missing or broken; restore it: git checkout package-lock.json');
  }
  const start = Date.now();
  const reason = whyInstall(wanted);
  if (reason !== undefined) {
    say(`${reason}; running npm ci, which takes about a minute the first time …`);
    if (!npm('ci')) {
      say('npm ci failed; running npm install …');
      assertDone(npm('install'));
    }
  }
  const parts = developmentIsLeftOut() ? [] : partsLeftOut(wanted, installedPackages() ?? {});
  if (parts.length > 0) {
    say(`installing ${parts.join(', ')} too, which npm leaves out on Node ${process.versions.node} …`);
    assertDone(npm('install', '--no-save', ...parts));
  }
  if (reason !== undefined || parts.length > 0) {
    say(`dependencies installed in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
}

/** @param {boolean} success */
function assertDone(success) {
  if (success) return;
  throw new SetupError(
    'npm could not install the dependencies; its own message is above. Fix that, then run this again.',
  );
}

/**
 * Compares by content, not by time: a checkout of another branch changes times at random.
 *
 * @param {Record<string, import('./platform-parts.mjs').LockedPackage>} wanted
 */
function whyInstall(wanted) {
  const installed = installedPackages();
  if (installed === undefined) return 'the dependencies are not installed yet';
  for (const [path, { version, dev, optional }] of Object.entries(wanted)) {
    if (path === '' || (dev && developmentIsLeftOut())) continue;
    const found = installed[path];
    if (found === undefined && optional) continue;
    const name = path.slice('node_modules/'.length);
    if (found?.version !== version) return `the dependencies have changed (${name} ${version})`;
    if (!existsSync(inProject(path))) return `the dependencies are incomplete (${name})`;
  }
  return undefined;
}

/** @returns {Record<string, import('./platform-parts.mjs').LockedPackage> | undefined} as npm recorded them */
function installedPackages() {
  return readJson(inProject('node_modules', '.package-lock.json'))?.packages;
}

/** `npm ci --omit=dev` is enough for `npm start` and `npm run order-sync` on a machine with a new enough Node of its own. */
function developmentIsLeftOut() {
  return /^pre(start|order-sync)$/.test(process.env['npm_lifecycle_event'] ?? '') && runsTheProject();
}

/** @param {string[]} command */
function npm(...command) {
  // Errors only: on an older Node, npm warns of each package that needs a newer one, and the project brings its own.
  const options = [...command, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { program, args } = npmProgram();
  const { status } = spawnSync(program, [...args, ...options], {
    cwd: PROJECT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return status === 0;
}

/** The npm that runs this script, so that its settings and version stay the same; else the one on the PATH. */
function npmProgram() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script?.endsWith('npm-cli.js') && node && existsSync(node)) return { program: node, args: [script] };
  return { program: 'npm', args: [] };
}
