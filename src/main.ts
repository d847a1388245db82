#!/usr/bin/env node
/**
 * The entry of the `order-sync` program. An old Node is told in one sentence what it lacks; otherwise it would stop at a
 * syntax error somewhere in the rest. So this file has only what old Nodes parse, and imports the rest after the check.
 */
const OLDEST_NODE = 24;

const { execPath, versions } = process;
if (Number.parseInt(versions.node, 10) >= OLDEST_NODE) {
  await import('./program.ts');
} else {
  process.stderr.write(`order-sync needs Node ${OLDEST_NODE} or newer; ${execPath} is Node ${versions.node}.\n`);
  // EXIT.badConfiguration: a person has to act first, so systemd does not restart the daemon.
  process.exitCode = 78;
}

export {};
