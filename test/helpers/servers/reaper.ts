import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { killTree } from './process-tree.ts';

/**
 * Runs as a process of its own beside a process that starts servers, and outlives it by a moment: when its standard input
 * ends, because the other ended in whatever way (SIGKILL included), it kills the servers and removes their folders.
 *
 * Each line is `+<folder>` or `-<folder>` for a folder to remove, `+<number>` or `-<number>` for a process group to kill.
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
