import { type ConfigPart, type Environment, loadConfig, type OpsConfig } from '../../config/load-config.ts';
import type { Person } from '../../config/people.ts';
import { ConfigError } from '../../errors.ts';
import { EXIT } from '../cli/exit-status.ts';
import { whyNotLogTo } from './check-log-file.ts';
import { type CheckResult, failed, ok } from './check-result.ts';

export function checkConfiguration(env: Environment): CheckResult {
  try {
    const { warnings, log, ops } = loadConfig(env);
    const problem = log.file === undefined ? undefined : whyNotLogTo(log.file);
    if (problem !== undefined) throw new ConfigError([problem]);
    const people = ops === undefined ? [] : whoMaySignIn(ops);
    const named = people.map(({ name, role }) => `${name} (${role})`).join(', ');
    const lines = [
      'complete',
      ...(people.length === 0 ? [] : [`people: ${named}`]),
      ...(ops?.proxy === undefined ? [] : [`people: whoever the proxy names in ${ops.proxy.userHeader} (viewer)`]),
      ...warnings.map((warning) => `! ${warning}`),
    ];
    return ok('configuration', lines, { warnings, people });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return failed('configuration', error, {
      ConfigError: 'Change these variables; docs/configuration.md and .env.example explain each one.',
    });
  }
}

/** Names and roles, as far as the configuration says them. */
function whoMaySignIn({ token, viewerToken, people, proxy }: OpsConfig): Pick<Person, 'name' | 'role'>[] {
  return [
    ...(token === undefined ? [] : [{ name: 'OPS_TOKEN', role: 'operator' } as const]),
    ...(viewerToken === undefined ? [] : [{ name: 'OPS_VIEWER_TOKEN', role: 'viewer' } as const]),
    ...(people?.people ?? []).map(({ name, role }) => ({ name, role })),
    ...(proxy?.operators ?? []).map((name) => ({ name, role: 'operator' }) as const),
  ];
}

/** Runs a check if the variables of its own part are valid, whatever is wrong with the others. */
export async function ifConfigured<Part extends ConfigPart>(
  name: CheckResult['name'],
  env: Environment,
  part: Part,
  check: (config: ReturnType<typeof loadConfig<Part>>) => Promise<CheckResult>,
): Promise<CheckResult> {
  let config: ReturnType<typeof loadConfig<Part>>;
  try {
    config = loadConfig(env, [part]);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { name, state: 'skipped', lines: ['not tested: fix the configuration first'], status: EXIT.ok };
  }
  return await check(config);
}
