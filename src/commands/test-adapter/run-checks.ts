import { asSyncError, ConfigError, type SyncError } from '../../errors.ts';
import { type ContractCheck, type Finding, wrong } from './finding.ts';

export interface CheckedPromise {
  readonly name: string;
  readonly findings: readonly Finding[];
}

/**
 * Runs the checks one after the other.
 *
 * @throws SyncError when the shop or the internal system is down: that says nothing about the adapter
 */
export async function* runChecks<S>(
  checks: readonly ContractCheck<S>[],
  subject: S,
  onBegin: (name: string) => void = () => undefined,
): AsyncGenerator<CheckedPromise> {
  for (const check of checks) {
    onBegin(check.name);
    yield { name: check.name, findings: await findingsOf(check, subject) };
  }
}

async function findingsOf<S>(check: ContractCheck<S>, subject: S): Promise<readonly Finding[]> {
  try {
    return await check.run(subject);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const error = asSyncError(cause, 'shop_error');
    if (error.kind === 'outage') throw error;
    return [wrong(`It ended with ${error.reason}: ${messageOf(error)}`)];
  }
}

/** These speak of code. Others, such as a parser's, quote what they read, which is personal. */
const OF_CODE = /^(?:TypeError|ReferenceError|RangeError)$/;

/** For the author: what the module's own code threw, and where. */
export function messageOf(error: SyncError): string {
  const { cause } = error;
  if (!error.isUnforeseen || !(cause instanceof Error)) return error.message;
  const place = cause.stack?.split('\n').find((line) => line.trim().startsWith('at ')) ?? '';
  return `${OF_CODE.test(cause.name) ? `${cause.name}: ${cause.message}` : cause.name}, ${place.trim()}`;
}
