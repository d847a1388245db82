import type { InternalSystemConfig } from '../internal-system/create-internal-system.ts';
import { type Environment, isSet } from '../settings/environment.ts';
import { rereadable } from './secrets.ts';
import type { Values } from './variables.ts';

export function internalSystemConfig(env: Environment, values: Values): InternalSystemConfig {
  const { INTERNAL_SYSTEM: module, INTERNAL_SYSTEM_URL: url } = values;
  if (module !== undefined) return { module };
  if (!isSet(env, 'INTERNAL_SYSTEM_URL_FILE')) return { url };
  return { url, currentUrl: rereadable(env, 'INTERNAL_SYSTEM_URL', url) };
}
