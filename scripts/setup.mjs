#!/usr/bin/env node
/**
 * Everything a fresh clone needs, run by npm before `npm test`, `npm run demo` and the others: dependencies, a Node that starts,
 * a RabbitMQ that answers. Silent when nothing is missing. Plain JavaScript for Node 18, as it runs before the project's own
 * Node is installed.
 *
 * usage: node scripts/setup.mjs [--dependencies-only | --with-browser | --stop-broker]
 */
import { ensureBroker, stopBroker } from './setup/broker.mjs';
import { ensureBrowser } from './setup/browser.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureNode, requireNodeForSetup } from './setup/node-binary.mjs';
import { SetupError, say } from './setup/report.mjs';

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(`failed. ${error.message}`);
  process.exitCode = 1;
}

/** @param {string[]} options */
async function main(options) {
  requireNodeForSetup();
  if (options.includes('--stop-broker')) return stopBroker();
  ensureDependencies();
  ensureNode();
  if (options.includes('--with-browser')) ensureBrowser();
  if (!options.includes('--dependencies-only')) await ensureBroker();
}
