import type { InternalSystemConfig } from '../internal-system/create-internal-system.ts';
import { type Environment, isSet } from '../settings/environment.ts';
import { problem } from '../settings/problems.ts';
import { rereadable } from './secrets.ts';
import type { Values } from './variables.ts';

const NO_MAPPING_BESIDE =
  'only one of the two: a mapping writes in the transaction that stores the order in the database of INTERNAL_SYSTEM_URL, where an ERP knows nothing of it';

export function internalSystemConfig(env: Environment, values: Values, problems: string[]): InternalSystemConfig {
  const { INTERNAL_SYSTEM: module, INTERNAL_SYSTEM_URL: url, MAPPING: mapping } = values;
  if (module !== undefined) {
    if (mapping !== undefined) problems.push(problem('MAPPING', 'found it beside INTERNAL_SYSTEM', NO_MAPPING_BESIDE));
    return { module };
  }
  const { INTERNAL_SYSTEM_SCHEMA: schema, INTERNAL_SYSTEM_TABLE_PREFIX: tablePrefix } = values;
  const outbox = values.SYNCED_EXCHANGE === undefined ? undefined : true;
  const place = { url, schema, tablePrefix, mapping, outbox };
  if (!isSet(env, 'INTERNAL_SYSTEM_URL_FILE')) return place;
  return { ...place, currentUrl: rereadable(env, 'INTERNAL_SYSTEM_URL', url) };
}
