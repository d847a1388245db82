import type { Config } from '../../config/load-config.ts';
import { createInternalSystem, type InternalSystemConfig } from '../../internal-system/create-internal-system.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import type { ImportOptions } from './options.ts';

/** Where the imported orders go. */
export interface Target {
  readonly internalSystem: InternalSystemConfig;
  readonly isErp: boolean;
  readonly hasMapping: boolean;
}

/**
 * Nobody hears of imported orders by itself: nothing is published of them, and an ERP behind the ledger gets them only if asked to.
 *
 * @throws CommandError where a person has to say so; ConfigError, SyncError
 */
export async function targetOf(config: Config, options: ImportOptions): Promise<Target> {
  const { internalSystem, shopName: shop, env } = config;
  if (!('ledger' in internalSystem)) {
    refuseErpOptions(options);
    const mapping = options.mapping ? internalSystem.mapping : undefined;
    const hasMapping = mapping !== undefined;
    return { internalSystem: { ...internalSystem, mapping, outbox: undefined }, isErp: false, hasMapping };
  }
  const ledger = { ...internalSystem.ledger, outbox: undefined };
  const system = await createInternalSystem({ ...internalSystem, shop, env });
  const hasErp = system.delivery !== undefined;
  await system.close?.().catch(() => undefined);
  if (!hasErp) {
    refuseErpOptions(options);
    return { internalSystem, isErp: false, hasMapping: false };
  }
  if (options.ledgerOnly === options.toErp) throw new CommandError(ERP_CHOICE, EXIT.usage);
  // Opened alone, the ledger takes what it stores for synced, and the ERP is not even asked.
  if (options.ledgerOnly) return { internalSystem: ledger, isErp: false, hasMapping: false };
  return { internalSystem: { ...internalSystem, ledger }, isErp: true, hasMapping: false };
}

const ERP_CHOICE = `Say whether the ERP gets these orders, too:
  --ledger-only  it does not: they are only known here, and one that changes later goes to the ERP like any other
  --to-erp       it does: each order is created there as well, at the same pace`;

function refuseErpOptions({ ledgerOnly, toErp }: ImportOptions): void {
  if (!ledgerOnly && !toErp) return;
  throw new CommandError('--ledger-only and --to-erp are for an ERP behind a ledger, and here is none.', EXIT.usage);
}
