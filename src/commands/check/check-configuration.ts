import { type ConfigPart, type Environment, loadConfig } from '../../config/load-config.ts';
import { ConfigError } from '../../errors.ts';
import { EXIT } from '../cli/exit-status.ts';
import { whyNotLogTo } from './check-log-file.ts';
import { type CheckResult, failed, ok } from './check-result.ts';

export function checkConfiguration(env: Environment): CheckResult {
  try {
    const { warnings, log } = loadConfig(env);
    const problem = log.file === undefined ? undefined : whyNotLogTo(log.file);
    if (problem !== undefined) throw new ConfigError([problem]);
    return ok('configuration', ['complete', ...warnings.map((warning) => `! ${warning}`)], { warnings });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return failed('configuration', error, {
      ConfigError: 'Change these variables; docs/configuration.md and .env.example explain each one.',
    });
  }
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
