import { withTimeout } from '../../async/deadline.ts';
import type { CommonConfig, InternalSystemConfig } from '../../config/load-config.ts';
import { SyncError } from '../../errors.ts';
import { createInternalSystem } from '../../internal-system/create-internal-system.ts';
import type { Notify } from '../../internal-system/internal-system.ts';
import { type CheckResult, failed, ok } from './check-result.ts';

type Config = CommonConfig & { readonly internalSystem: InternalSystemConfig };

const TIMEOUT_MS = 15_000;

const REMEDIES = {
  internal_system_unavailable: 'Is the database running and writable, and is INTERNAL_SYSTEM_URL right?',
};

/** Opens it like the daemon, tables included, and checks that orders could be written. */
export async function checkInternalSystem(config: Config): Promise<CheckResult> {
  const what = nameOf(config.internalSystem);
  const warnings: string[] = [];
  try {
    const checked = tryInternalSystem(config, (_, warning) => void warnings.push(warning));
    const verdict = await withTimeout(checked, TIMEOUT_MS, () => {
      throw noAnswer();
    });
    return ok('internal system', [`${what} ${verdict}`, ...warnings.map((warning) => `! ${warning}`)], { warnings });
  } catch (error) {
    return failed('internal system', error, REMEDIES);
  }
}

function nameOf(choice: InternalSystemConfig): string {
  if ('module' in choice) return choice.module;
  if ('preset' in choice) return `${choice.preset}, with a ledger in ${nameOf(choice.ledger)},`;
  return /^[a-z]+/.exec(choice.url)?.[0] ?? '';
}

async function tryInternalSystem(config: Config, notify: Notify): Promise<string> {
  const { internalSystem, shopName: shop, env } = config;
  const system = await createInternalSystem({ ...internalSystem, shop, env, notify });
  await system.open();
  await system.delivery?.open(new AbortController().signal);
  if (system.check === undefined) return 'opens; it has no check(), so writing was not tested';
  await system.check();
  return 'answers and can be written to';
}

function noAnswer(): SyncError {
  return new SyncError('internal_system_unavailable', `The internal system did not answer within ${TIMEOUT_MS} ms.`);
}
