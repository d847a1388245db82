#!/usr/bin/env node
/**
 * The entry point of the `order-sync` program. On an old Node, it says which version is needed, in one sentence instead of a
 * syntax error somewhere in the rest. So this file uses only syntax that old Nodes parse, and imports the rest after the check.
 */
const OLDEST_NODE = 24;

const { execPath, versions } = process;
if (Number.parseInt(versions.node, 10) >= OLDEST_NODE) {
  // Beside the program, where whoever may write could change the program as well. Where nobody may, there is no cache, and none
  // beside the source.
  const { dirname, filename } = import.meta;
  if (filename.endsWith('.js')) process.getBuiltinModule('module').enableCompileCache(`${dirname}/.compile-cache`);
  await import('./program.ts');
} else {
  process.stderr.write(`order-sync needs Node ${OLDEST_NODE} or newer; ${execPath} is Node ${versions.node}.\n`);
  // EXIT.badConfiguration: a person has to act first, so systemd does not restart the daemon.
  process.exitCode = 78;
}

export {};
