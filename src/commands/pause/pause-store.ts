import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import type { AuditAction } from '../../internal-system/audit-store.ts';
import type { DaemonStore } from '../../internal-system/daemon-store.ts';
import type { PauseStore } from '../../internal-system/pause-store.ts';
import { CommandError } from '../cli/exit-status.ts';
import { commandActor } from '../connect/command-actor.ts';
import { withInternalSystem } from '../connect/with-internal-system.ts';

export interface PausableShop {
  readonly name: string;
  readonly pauses: PauseStore;
  /** Undefined where it is not kept which daemons there are. */
  readonly daemons: DaemonStore | undefined;
  /** Notes in the audit what was done, where there is one. */
  readonly note: (action: AuditAction, by: string, details?: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** @throws CommandError if the internal system keeps no pauses; ConfigError, SyncError; whatever `work` throws */
export async function withPauses<T>(work: (shop: PausableShop) => Promise<T>): Promise<T> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  return await withInternalSystem(config, async ({ pauses, daemons, audit }) => {
    const note: PausableShop['note'] = async (action, name, details = {}) =>
      void (await audit?.add({ ...commandActor(), name, action, orders: [], details }));
    if (pauses !== undefined) return await work({ pauses, daemons, note, name: config.shopName });
    const which = 'module' in config.internalSystem ? ` (${config.internalSystem.module})` : '';
    throw new CommandError(
      `The internal system's module${which} keeps no pauses. Stop the daemons instead: their events wait in the queue.`,
    );
  });
}
