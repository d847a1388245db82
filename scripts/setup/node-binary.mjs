import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { inProject, isAtLeast, OLDEST_NODE, OLDEST_NODE_FOR_SETUP, runsTheProject } from './project.mjs';
import { SetupError, say } from './report.mjs';
import { installationCommand, installSystemPackage } from './system-packages.mjs';

const NODE = inProject('node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

const FOUND = `${process.execPath} is Node ${process.versions.node}`;

/** An older npm would install something else than package-lock.json says, and rewrite it. */
export function requireNodeForSetup() {
  if (isAtLeast(OLDEST_NODE_FOR_SETUP)) return;
  throw new SetupError(
    `order-sync needs Node ${OLDEST_NODE} or newer, or Node ${OLDEST_NODE_FOR_SETUP} to install its own; ${FOUND}.`,
  );
}

/** Makes sure that the Node that npm puts first on the PATH starts. */
export function ensureNode() {
  if (!existsSync(NODE)) return requireNewNode();
  if (realpathSync(NODE) === realpathSync(process.execPath)) return;
  let complaint = complaintOf(NODE);
  const library = complaint?.match(/loading shared libraries: (\S+?):/)?.[1];
  if (library === 'libatomic.so.1') {
    say(`node_modules/.bin/node does not start: it needs ${library}`);
    if (installSystemPackage('libatomic')) complaint = complaintOf(NODE);
    if (complaint !== undefined)
      throw new SetupError(`Install the library, then run this again: ${installationCommand('libatomic')}`);
    return;
  }
  if (complaint !== undefined) {
    throw new SetupError(`The project's Node (node_modules/.bin/node) does not start on this machine: ${complaint}`);
  }
}

/** The project's Node is absent when npm was told to run no install scripts, or to leave development packages out. */
function requireNewNode() {
  if (runsTheProject()) return;
  throw new SetupError(
    `order-sync needs Node ${OLDEST_NODE} or newer; ${FOUND}. To install the project's own: npm rebuild node --ignore-scripts=false`,
  );
}

/**
 * @param {string} node
 * @returns {string | undefined} why it does not start
 */
function complaintOf(node) {
  const { status, stderr, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (status === 0) return undefined;
  return (error?.message ?? stderr.trim()) || `it ends with status ${status}`;
}
