import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { killTree } from './process-tree.ts';

/**
 * Runs as a process of its own and outlives the process that starts the servers. When its standard input ends, because that
 * process ended in any way (SIGKILL included), it kills the servers and removes their folders.
 *
 * Each line adds (`+`) or withdraws (`-`) a process group to kill, by number, or a folder to remove, by path.
 */
const groups = new Set<number>();
const folders = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const subject = line.slice(1);
  const isGroup = /^\d+$/.test(subject);
  if (line.startsWith('+')) isGroup ? groups.add(Number(subject)) : folders.add(subject);
  else isGroup ? groups.delete(Number(subject)) : folders.delete(subject);
}

for (const group of groups) killTree(group);
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
