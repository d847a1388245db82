import { readdirSync } from 'node:fs';
import { findBrowser } from '../../../scripts/setup/browser.mjs';
import { findRabbitmq } from '../../../scripts/setup/rabbitmq-node.mjs';
import { findProgram } from '../../../scripts/setup/system-packages.mjs';

/** The full paths of installed programs, or their folders; undefined for those that are not installed. */
export const installed = {
  /** The folder of rabbitmq-server and rabbitmqctl. */
  rabbitmq: findRabbitmq,
  /** The folder of initdb and postgres. Debian keeps one per version, outside the PATH: the newest one is used. */
  postgres: () => folderOf('initdb', versionedFolders('/usr/lib/postgresql')),
  /** The program itself. */
  chromium: findBrowser,
  mariadb: () => folderOf('mariadbd', ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']),
} as const;

export type ServerName = keyof typeof installed;

/**
 * For `describe.skipIf(notInstalled('postgres'))`. Prints why the tests are skipped on a machine without that server.
 *
 * @throws Error when CI is set, as nothing is skipped there
 */
export function notInstalled(server: ServerName): boolean {
  if (installed[server]() !== undefined) return false;
  const reason = `${server} is not installed here, and these tests need one of their own`;
  if (process.env['CI']) throw new Error(`${reason}. Install it: nothing is skipped when CI is set.`);
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
