import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, with a trailing separator. */
export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** The oldest Node that runs the TypeScript sources as they are. */
export const OLDEST_NODE = 24;

/** The oldest Node whose npm installs the dependencies, the project's own Node among them. */
export const OLDEST_NODE_FOR_SETUP = 18;

/** Does the Node that runs this script also run the project? */
export function runsTheProject() {
  return isAtLeast(OLDEST_NODE);
}

/** @param {number} major */
export function isAtLeast(major) {
  return Number.parseInt(process.versions.node, 10) >= major;
}

/**
 * @param {string} file
 * @returns {any} undefined when it is absent or broken
 */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {unknown} value
 */
export function writeJson(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}

/** @param {string[]} parts */
export function inProject(...parts) {
  return join(PROJECT, ...parts);
}
