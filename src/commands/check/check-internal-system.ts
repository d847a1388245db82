import { withTimeout } from '../../async/deadline.ts';
import type { CommonConfig, InternalSystemConfig } from '../../config/load-config.ts';
import { SyncError } from '../../errors.ts';
import { createInternalSystem } from '../../internal-system/create-internal-system.ts';
import type { Notify } from '../../internal-system/internal-system.ts';
import type { MappingAccess } from '../../internal-system/mapping/mapping-access.ts';
import { CommitHangs } from '../../internal-system/sql/commit-hangs.ts';
import { pauseInWords } from '../../pause/pause-words.ts';
import { type CheckResult, failed, ok } from './check-result.ts';

type Config = CommonConfig & { readonly internalSystem: InternalSystemConfig };

const TIMEOUT_MS = 15_000;

const REMEDIES = {
  internal_system_unavailable: 'Is the database running and writable, and is INTERNAL_SYSTEM_URL right?',
};

/** Opens it like the daemon, tables included, and checks that orders could be written, with one real commit. */
export async function checkInternalSystem(config: Config): Promise<CheckResult> {
  const what = nameOf(config.internalSystem);
  const told: string[] = [];
  const warnings: string[] = [];
  try {
    const checked = tryInternalSystem(config, (level, message) => {
      (level === 'info' ? told : warnings).push(message);
    });
    const [verdict = '', ...more] = await withTimeout(checked, TIMEOUT_MS, () => {
      throw noAnswer();
    });
    const lines = [`${what} ${verdict}`, ...told, ...more, ...warnings.map((warning) => `! ${warning}`)];
    return ok('internal system', lines, { warnings });
  } catch (error) {
    const remedies = error instanceof CommitHangs ? { [error.reason]: error.remedy } : REMEDIES;
    return failed('internal system', error, remedies);
  }
}

function nameOf(choice: InternalSystemConfig): string {
  if ('module' in choice) return choice.module;
  if ('preset' in choice) return `${choice.preset}, with a ledger in ${nameOf(choice.ledger)},`;
  return /^[a-z]+/.exec(choice.url)?.[0] ?? '';
}

async function tryInternalSystem(config: Config, notify: Notify): Promise<string[]> {
  const { internalSystem, shopName: shop, env } = config;
  const system = await createInternalSystem({ ...internalSystem, shop, env, notify });
  await system.open();
  await system.delivery?.open(new AbortController().signal);
  if (system.check === undefined) return ['opens; it has no check(), so writing was not tested'];
  await system.check();
  const last = await system.pauses?.last();
  if (last?.ended === null) notify('warn', `${pauseInWords(last)}: no orders are taken until "order-sync resume"`);
  const mapped = system.mapping === undefined ? [] : [await tryMapping(system.mapping)];
  return ['answers and can be written to', ...mapped];
}

/** What fails for every order has failed before, when it was opened; what fails here may be this order's own. */
async function tryMapping(mapping: MappingAccess): Promise<string> {
  const { orderNumber, changes } = await mapping.tryOut();
  const order = orderNumber === null ? 'a sample order' : `order ${orderNumber}`;
  const tables = new Set(changes.map((change) => ('table' in change ? change.table : 'its own statements')));
  const written = tables.size === 0 ? 'its rows are as they should be' : `it writes ${[...tables].join(', ')}`;
  return `${mapping.module} was tried with ${order} and rolled back: ${written}`;
}

function noAnswer(): SyncError {
  return new SyncError('internal_system_unavailable', `The internal system did not answer within ${TIMEOUT_MS} ms.`);
}
