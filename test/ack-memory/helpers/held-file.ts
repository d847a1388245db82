import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Resolves once another thread writes to this SQLite file; from then on, it goes on for a moment. */
export async function heldForAMoment(path: string): Promise<void> {
  const holder = new Worker(HOLDS_THE_FILE, { eval: true, workerData: path });
  onTestFinished(async () => void (await holder.terminate()));
  await once(holder, 'message');
}

const HOLDS_THE_FILE = `
  const { parentPort, workerData } = require('node:worker_threads');
  const database = new (require('node:sqlite').DatabaseSync)(workerData);
  database.exec('BEGIN IMMEDIATE');
  parentPort.postMessage('held');
  setTimeout(() => database.exec('ROLLBACK'), 300);
`;
