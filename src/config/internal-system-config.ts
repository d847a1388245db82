import type { InternalSystemConfig } from '../internal-system/create-internal-system.ts';
import { type Environment, isSet } from '../settings/environment.ts';
import { rereadable } from './secrets.ts';
import type { Values } from './variables.ts';

export function internalSystemConfig(env: Environment, values: Values): InternalSystemConfig {
  const { INTERNAL_SYSTEM: module, INTERNAL_SYSTEM_URL: url } = values;
  if (module !== undefined) return { module };
  const place = { url, schema: values.INTERNAL_SYSTEM_SCHEMA, tablePrefix: values.INTERNAL_SYSTEM_TABLE_PREFIX };
  if (!isSet(env, 'INTERNAL_SYSTEM_URL_FILE')) return place;
  return { ...place, currentUrl: rereadable(env, 'INTERNAL_SYSTEM_URL', url) };
}
