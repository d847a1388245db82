import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeBroker } from './amqp-probe.mjs';
import { PROJECT, readJson, writeJson } from './project.mjs';
import { findRabbitmq, layOutNode, nodeCommand } from './rabbitmq-node.mjs';
import { SetupError, say, step } from './report.mjs';

/** This user's id; 0 where the system has none. */
const USER = process.getuid?.() ?? 0;
const PROJECT_HASH = createHash('sha256').update(PROJECT).digest('hex').slice(0, 8);
/** Outside node_modules, because `npm ci` would pull the data from under a running broker. */
const FOLDER = join(tmpdir(), `order-sync-broker-${USER}-${PROJECT_HASH}`);
/** What an earlier set-up started: `{ url, processGroup }` or `{ url, container }`. */
const MEMORY = join(FOLDER, 'started.json');
const START_TIMEOUT_MS = 120_000;

/** @returns {Promise<string | undefined>} the URL of the broker that an earlier set-up started, if it still answers */
export async function runningBroker() {
  const url = remembered()?.url;
  return url !== undefined && (await probeBroker(url)) === 'ready' ? url : undefined;
}

/** Starts an installed RabbitMQ for this project alone; it stays for later runs. */
export async function startPrivateBroker() {
  await stopRememberedBroker();
  const binaries = findRabbitmq();
  if (binaries === undefined) throw new SetupError('rabbitmq-server was just installed but cannot be found.');
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  assertOurs();
  const node = await layOutNode(FOLDER);
  const logFile = join(FOLDER, 'output.log');
  await step(`starting a private RabbitMQ on port ${node.port}`, async () => {
    const log = openSync(logFile, 'w', 0o600);
    const { program, args } = nodeCommand(binaries, node);
    const child = spawn(program, args, { cwd: FOLDER, env: node.env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    child.unref();
    writeJson(MEMORY, { url: node.url, processGroup: child.pid });
    const abandon = () => {
      endNow(child);
      process.exit(130);
    };
    process.once('SIGINT', abandon).once('SIGTERM', abandon);
    const problem = await untilReady(node.url, () => child.exitCode === null && child.signalCode === null);
    process.off('SIGINT', abandon).off('SIGTERM', abandon);
    if (problem === undefined) return;
    endNow(child);
    const lastLines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n  ');
    throw new SetupError(`RabbitMQ ${problem}. Its last words:\n  ${lastLines}`);
  });
  sayHowToStop();
  return node.url;
}

/**
 * @param {string} url
 * @param {string} container
 */
export function rememberContainer(url, container) {
  mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  assertOurs();
  writeJson(MEMORY, { url, container });
}

export function sayHowToStop() {
  say('it stays for later runs; stop it with: node scripts/setup.mjs --stop-broker');
}

/** @returns {Promise<boolean>} false when there was nothing to stop */
export async function stopRememberedBroker() {
  const memory = remembered();
  if (memory === undefined) return false;
  // The process id may belong to another process by now: only a broker that still answers at that port is known to be ours.
  const alive = (await probeBroker(memory.url)) !== 'absent';
  if (alive && memory.container !== undefined) spawnSync('docker', ['stop', memory.container], { stdio: 'ignore' });
  if (alive && memory.processGroup !== undefined) await endGroup(memory.processGroup);
  rmSync(FOLDER, { recursive: true, force: true });
  return alive;
}

/**
 * @param {string} url
 * @param {() => boolean} alive
 * @returns {Promise<string | undefined>} undefined when it takes clients, else what is wrong
 */
export async function untilReady(url, alive) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if ((await probeBroker(url)) === 'ready') return undefined;
    if (!alive()) return 'ended while it was starting';
    await pause(200);
  }
  return `was not ready within ${START_TIMEOUT_MS / 1000} s`;
}

/** @param {import('node:child_process').ChildProcess} child the leader of a process group that did not start properly */
function endNow(child) {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone.
  }
  rmSync(MEMORY, { force: true });
}

/** @param {number} processGroup */
async function endGroup(processGroup) {
  try {
    process.kill(-processGroup, 'SIGTERM');
    for (let waited = 0; waited < 10_000; waited += 100) {
      await pause(100);
      process.kill(-processGroup, 0);
    }
    process.kill(-processGroup, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}

function remembered() {
  const memory = readJson(MEMORY);
  if (memory !== undefined) assertOurs();
  return memory;
}

/** Everyone may write to the system's temporary folder: trust nothing there that another user created. */
function assertOurs() {
  const { uid, mode } = lstatSync(FOLDER);
  if (process.platform === 'win32' || (uid === USER && (mode & 0o077) === 0)) return;
  throw new SetupError(
    `The folder ${FOLDER} belongs to another user or is open to others. Remove it, then run this again.`,
  );
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
