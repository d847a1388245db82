#!/usr/bin/env node
/**
 * The entry point of the `order-sync` program. On an old Node, it says which version is needed, in one sentence instead of a
 * syntax error somewhere in the rest. So this file uses only syntax that old Nodes parse, and imports the rest after the check.
 */
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;
/** Beside the program, where whoever may write could change the program as well. Where nobody may, there is no cache. */
const COMPILE_CACHE = new URL('.compile-cache', import.meta.url);

const { execPath, versions } = process;
if (Number.parseInt(versions.node, 10) >= OLDEST_NODE) {
  // The source has no place for one.
  if (import.meta.url.endsWith('.js')) module.enableCompileCache(fileURLToPath(COMPILE_CACHE));
  await import('./program.ts');
} else {
  process.stderr.write(`order-sync needs Node ${OLDEST_NODE} or newer; ${execPath} is Node ${versions.node}.\n`);
  // EXIT.badConfiguration: a person has to act first, so systemd does not restart the daemon.
  process.exitCode = 78;
}
