import { withTimeout } from '../../async/deadline.ts';
import type { CommonConfig, InternalSystemConfig } from '../../config/load-config.ts';
import { SyncError } from '../../errors.ts';
import { createInternalSystem } from '../../internal-system/create-internal-system.ts';
import { type CheckResult, failed, ok } from './check-result.ts';

type Config = CommonConfig & { readonly internalSystem: InternalSystemConfig };

const TIMEOUT_MS = 15_000;

const REMEDIES = {
  internal_system_unavailable: 'Is the database running and writable, and is INTERNAL_SYSTEM_URL right?',
};

/** Opens it like the daemon, tables included, and checks that orders could be written. */
export async function checkInternalSystem(config: Config): Promise<CheckResult> {
  const choice = config.internalSystem;
  const what = 'module' in choice ? choice.module : (/^[a-z]+/.exec(choice.url)?.[0] ?? '');
  try {
    const system = await createInternalSystem({ ...choice, shop: config.shopName, env: config.env });
    const tried = (async () => {
      await system.open();
      await system.check?.();
    })();
    await withTimeout(tried, TIMEOUT_MS, () => {
      throw noAnswer();
    });
    const words =
      system.check === undefined
        ? 'opens; it has no check(), so writing was not tested'
        : 'answers and can be written to';
    return ok('internal system', [`${what} ${words}`]);
  } catch (error) {
    return failed('internal system', error, REMEDIES);
  }
}

function noAnswer(): SyncError {
  return new SyncError('internal_system_unavailable', `The internal system did not answer within ${TIMEOUT_MS} ms.`);
}
