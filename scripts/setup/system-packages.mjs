import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say } from './report.mjs';

/**
 * What each package manager calls the packages that set-up may need, and the commands that install them, with and without
 * a person.
 *
 * @type {readonly { program: string, install: string[], refresh?: string[], byHand: string, names: Record<SystemPackage, string> }[]}
 * @typedef {'libatomic' | 'rabbitmq' | 'chromium'} SystemPackage
 */
const MANAGERS = [
  {
    program: 'apt-get',
    install: ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
    refresh: ['update', '-q'],
    byHand: 'sudo apt-get install',
    names: { libatomic: 'libatomic1', rabbitmq: 'rabbitmq-server', chromium: 'chromium' },
  },
  {
    program: 'dnf',
    install: ['install', '-y', '-q'],
    byHand: 'sudo dnf install',
    names: { libatomic: 'libatomic', rabbitmq: 'rabbitmq-server', chromium: 'chromium' },
  },
  {
    program: 'brew',
    install: ['install'],
    byHand: 'brew install',
    names: { libatomic: 'gcc', rabbitmq: 'rabbitmq', chromium: '--cask chromium' },
  },
];

/**
 * Installs it if this user may.
 *
 * @param {SystemPackage} what
 * @returns {boolean} false when it was not installed
 */
export function installSystemPackage(what) {
  const manager = packageManager();
  if (manager === undefined || process.getuid?.() !== 0) return false;
  const { program, install, refresh } = manager;
  const name = manager.names[what];
  say(`installing ${name} with ${program} …`);
  const attempt = () => run(program, [...install, name]);
  const installed = attempt() || (refresh !== undefined && run(program, refresh) && attempt());
  say(installed ? `${name}: installed` : `${program} could not install ${name}; its own message is above`);
  return installed;
}

/** @param {SystemPackage} what */
export function installationCommand(what) {
  const manager = packageManager();
  return manager === undefined ? `your system's package of ${what}` : `${manager.byHand} ${manager.names[what]}`;
}

/**
 * @param {string} program
 * @param {string[]} [folders] where to look before the PATH
 * @returns {string | undefined} its full path
 */
export function findProgram(program, folders = []) {
  const candidates = [...folders, ...(process.env['PATH'] ?? '').split(delimiter)]
    .filter(Boolean)
    .map((folder) => join(folder, program));
  return candidates.find(isExecutable);
}

function packageManager() {
  return MANAGERS.find(({ program }) => findProgram(program) !== undefined);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  const output = process.stderr.fd;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(program, args, { stdio: ['ignore', output, output], env }).status === 0;
}
