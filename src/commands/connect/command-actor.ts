import { userInfo } from 'node:os';
import { readEnvironment } from '../../config/read-environment.ts';
import type { Actor, AuditAction } from '../../internal-system/audit-store.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { say } from '../cli/output.ts';

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

/** Notes what this command did; that it can't be noted is said on stderr, and changes nothing. */
export async function auditCommand(
  { audit }: Pick<InternalSystem, 'audit'>,
  action: AuditAction,
  orders: readonly string[],
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    await audit?.add({ ...commandActor(), action, orders: orders.slice(0, ORDERS_NAMED), details });
  } catch (error) {
    say(`This is not in the audit: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const ORDERS_NAMED = 20;
