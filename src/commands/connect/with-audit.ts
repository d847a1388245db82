import type { CommonConfig, InternalSystemConfig } from '../../config/load-config.ts';
import type { AuditStore } from '../../internal-system/audit-store.ts';
import { CommandError } from '../cli/exit-status.ts';
import { withInternalSystem } from './with-internal-system.ts';

/** @throws CommandError if the internal system keeps no audit; like `withInternalSystem` */
export async function withAudit<T>(
  config: CommonConfig & { readonly internalSystem: InternalSystemConfig },
  work: (audit: AuditStore) => Promise<T>,
): Promise<T> {
  return await withInternalSystem(config, async ({ audit }) => {
    if (audit === undefined)
      throw new CommandError("The INTERNAL_SYSTEM module keeps no audit; look in the daemon's log.");
    return await work(audit);
  });
}
