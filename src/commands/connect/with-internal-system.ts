import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { withTimeout } from '../../async/deadline.ts';
import type { CommonConfig, InternalSystemConfig } from '../../config/load-config.ts';
import { ConfigError, SyncError } from '../../errors.ts';
import { createInternalSystem, sqlitePath } from '../../internal-system/create-internal-system.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { CommandError } from '../cli/exit-status.ts';

type Config = CommonConfig & { readonly internalSystem: InternalSystemConfig };

const OPEN_TIMEOUT_MS = 15_000;
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Opens the internal system, and closes it afterwards.
 *
 * @throws ConfigError, SyncError when it can't be opened within 15 s; whatever `work` throws
 */
export async function withInternalSystem<T>(config: Config, work: (system: InternalSystem) => Promise<T>): Promise<T> {
  refuseMissingFile(config.internalSystem);
  const system = await createInternalSystem({ ...config.internalSystem, shop: config.shopName, env: config.env });
  try {
    await withTimeout(system.open(), OPEN_TIMEOUT_MS, () => {
      throw noAnswer(OPEN_TIMEOUT_MS);
    });
    return await work(system);
  } finally {
    // A connection that will not close ends with the process.
    const closed = Promise.resolve(system.close?.()).catch(() => undefined);
    await withTimeout(closed, CLOSE_TIMEOUT_MS, () => undefined);
  }
}

/** An internal system of the user's own need not have this method of the port. */
export function cannotAnswer(method: 'findOrders' | 'listOrders', config: Config): CommandError {
  const which = 'module' in config.internalSystem ? ` (${config.internalSystem.module})` : '';
  return new CommandError(
    `The internal system's module${which} has no ${method}(), so order-sync can't look orders up. ` +
      "Look in the internal system itself, or in the daemon's log.",
  );
}

/** Nothing is stored yet, or not here. */
export function hasNoFileYet(choice: InternalSystemConfig): boolean {
  const path = filePath(choice);
  return path !== undefined && !existsSync(path);
}

/** In the wrong folder, for instance, SQLite would create an empty file, and the answer would be "never seen". */
function refuseMissingFile(choice: InternalSystemConfig): void {
  if (!hasNoFileYet(choice)) return;
  throw new ConfigError([
    `INTERNAL_SYSTEM_URL: there is no file ${filePath(choice)} yet; "order-sync start" creates it. Does the daemon run in this folder?`,
  ]);
}

function filePath(choice: InternalSystemConfig): string | undefined {
  const { url } = 'ledger' in choice ? choice.ledger : choice;
  // A module may need no ledger.
  return !('module' in choice) && url.startsWith('sqlite:') ? resolve(sqlitePath(url)) : undefined;
}

function noAnswer(ms: number): SyncError {
  return new SyncError('internal_system_unavailable', `The internal system did not answer within ${ms} ms.`);
}
