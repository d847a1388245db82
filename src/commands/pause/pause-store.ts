import { userInfo } from 'node:os';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import type { DaemonStore } from '../../internal-system/daemon-store.ts';
import type { PauseStore } from '../../internal-system/pause-store.ts';
import { CommandError } from '../cli/exit-status.ts';
import { withInternalSystem } from '../connect/with-internal-system.ts';

export interface PausableShop {
  readonly name: string;
  readonly pauses: PauseStore;
  /** Undefined where it is not kept which daemons there are. */
  readonly daemons: DaemonStore | undefined;
}

/** @throws CommandError if the internal system keeps no pauses; ConfigError, SyncError; whatever `work` throws */
export async function withPauses<T>(work: (shop: PausableShop) => Promise<T>): Promise<T> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  return await withInternalSystem(config, async ({ pauses, daemons }) => {
    if (pauses !== undefined) return await work({ pauses, daemons, name: config.shopName });
    const which = 'module' in config.internalSystem ? ` (${config.internalSystem.module})` : '';
    throw new CommandError(
      `The internal system's module${which} keeps no pauses. Stop the daemons instead: their events wait in the queue.`,
    );
  });
}

/** Who runs this command; through sudo, who they were before. */
export function whoRunsThis(env: NodeJS.ProcessEnv = process.env): string {
  if (env['SUDO_USER']) return env['SUDO_USER'];
  try {
    return userInfo().username;
  } catch {
    // In a container, the user may have no name.
    return `user ${process.getuid?.() ?? '?'}`;
  }
}
