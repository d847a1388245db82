import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PrivateServer } from './private-server.ts';

/**
 * Copies the data of a database server, which is down for that moment.
 *
 * @returns puts the copy in the place of what is there by then, which is forgotten. The server must be down, and stays so
 */
export async function backUp(server: PrivateServer): Promise<() => Promise<void>> {
  const data = join(server.folder, 'data');
  const backup = join(server.folder, 'backup');
  // It keeps the owner.
  const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);
  await rm(backup, { recursive: true, force: true });
  await server.stop();
  await copy(data, backup);
  await server.start();
  return async () => {
    await rm(data, { recursive: true });
    await copy(backup, data);
  };
}
