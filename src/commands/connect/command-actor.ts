import { userInfo } from 'node:os';
import { readEnvironment } from '../../config/read-environment.ts';
import type { Actor } from '../../internal-system/audit-store.ts';

/** Who runs this command: the person behind sudo, if there is one. */
export function commandActor(): Actor {
  return { name: readEnvironment()['SUDO_USER'] || osUser(), role: 'shell', address: null };
}

/** In a container, the process's user id need not have a name. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
