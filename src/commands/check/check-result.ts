import { ConfigError } from '../../errors.ts';
import { EXIT, exitStatusOf } from '../cli/exit-status.ts';

/** The result of one check. */
export interface CheckResult {
  readonly name: 'configuration' | 'RabbitMQ' | 'shop' | 'order' | 'internal system' | 'webhooks' | 'daemon' | 'alerts';
  /** `skipped`: there was nothing to test: its part of the configuration is wrong, or no daemon runs. */
  readonly state: 'ok' | 'failed' | 'skipped';
  /** Lines for a person: what was found, or what is wrong. */
  readonly lines: readonly string[];
  /** What to do about it. */
  readonly remedy?: string;
  readonly status: number;
  /** For scripts. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export function ok(name: CheckResult['name'], lines: readonly string[], details?: CheckResult['details']): CheckResult {
  return { name, state: 'ok', lines, status: EXIT.ok, ...(details === undefined ? {} : { details }) };
}

/** @param remedies what to do, by the reason of a SyncError or the name of any other error */
export function failed(
  name: CheckResult['name'],
  error: unknown,
  remedies: Readonly<Record<string, string>>,
): CheckResult {
  const reason = error instanceof Error && 'reason' in error ? String(error.reason) : undefined;
  const remedy = remedies[reason ?? (error instanceof Error ? error.name : '')];
  return {
    name,
    state: 'failed',
    lines: error instanceof ConfigError ? error.problems : [error instanceof Error ? error.message : String(error)],
    ...(remedy === undefined ? {} : { remedy }),
    status: exitStatusOf(error) ?? EXIT.bug,
    ...(reason === undefined ? {} : { details: { reason } }),
  };
}

/** What a person has to change outranks what may recover on its own. */
export function worstStatus(results: readonly CheckResult[]): number {
  return Math.max(...results.map(({ status }) => status));
}
