import { readdirSync } from 'node:fs';
import { findBrowser } from '../../../scripts/setup/browser.mjs';
import { findRabbitmq } from '../../../scripts/setup/rabbitmq-node.mjs';
import { findProgram } from '../../../scripts/setup/system-packages.mjs';

/** Programs that are installed here, by full path; undefined when not. */
export const installed = {
  /** The folder that rabbitmq-server and rabbitmqctl are in. */
  rabbitmq: findRabbitmq,
  /** The folder that initdb and postgres are in. Debian keeps it off the PATH, one for each version: the newest is taken. */
  postgres: () => folderOf('initdb', versionedFolders('/usr/lib/postgresql')),
  /** The program itself. */
  chromium: findBrowser,
  mariadb: () => folderOf('mariadbd', ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']),
} as const;

export type ServerName = keyof typeof installed;

/**
 * For `describe.skipIf(notInstalled('postgres'))`: says why these tests are skipped on a machine without that server.
 *
 * @throws Error with CI set: there, nothing is skipped
 */
export function notInstalled(server: ServerName): boolean {
  if (installed[server]() !== undefined) return false;
  const reason = `${server} is not installed here: tests that need one of their own cannot run`;
  if (process.env['CI']) throw new Error(`${reason}. Install it; with CI set nothing is skipped.`);
  console.warn(`SKIPPED: ${reason}.`);
  return true;
}

/** @throws Error when it is not installed */
export function requireInstalled(server: ServerName): string {
  const folder = installed[server]();
  if (folder === undefined)
    throw new Error(`${server} is not installed. Guard the tests with describe.skipIf(notInstalled('${server}')).`);
  return folder;
}

function folderOf(program: string, folders: string[]): string | undefined {
  return findProgram(program, folders)?.replace(/\/[^/]+$/, '');
}

function versionedFolders(root: string): string[] {
  try {
    const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => `${root}/${version}/bin`);
  } catch {
    return [];
  }
}
