import type { DatabaseConfig, InternalSystemConfig } from '../internal-system/create-internal-system.ts';
import { databaseUrlProblems } from '../internal-system/sql/database-url.ts';
import { type Environment, isSet } from '../settings/environment.ts';
import { type Findings, problem } from '../settings/problems.ts';
import { isGiven, rereadable } from './secrets.ts';
import type { Values, VariableName } from './variables.ts';

const NO_MAPPING_BESIDE =
  'only one of the two: a mapping writes in the transaction that stores the order in the database of INTERNAL_SYSTEM_URL, where an ERP knows nothing of it';

/** @returns usable only if no problem was added */
export function internalSystemConfig(env: Environment, values: Values, findings: Findings): InternalSystemConfig {
  const { INTERNAL_SYSTEM: module, MAPPING: mapping } = values;
  const preset = presetOf(env, values, findings);
  const database = databaseConfig(env, values);
  const other = module === undefined ? preset && 'an ERP' : 'INTERNAL_SYSTEM';
  if (other !== undefined && mapping !== undefined)
    findings.problems.push(problem('MAPPING', `found it beside ${other}`, NO_MAPPING_BESIDE));
  if (module === undefined) findings.problems.push(...databaseUrlProblems(database.url, database.schema));
  if (module !== undefined) return { module, ledger: database, isUrlGiven: isGiven(env, 'INTERNAL_SYSTEM_URL') };
  return preset === undefined ? { ...database, mapping } : { preset, ledger: database };
}

function databaseConfig(env: Environment, values: Values): DatabaseConfig {
  // Left to a module, which may mean something else by it. One that is a sink means ours.
  const url = values.INTERNAL_SYSTEM === undefined ? values.INTERNAL_SYSTEM_URL : urlForModule(env, values);
  const { INTERNAL_SYSTEM_SCHEMA: schema, INTERNAL_SYSTEM_TABLE_PREFIX: tablePrefix } = values;
  const outbox = values.SYNCED_EXCHANGE === undefined ? undefined : true;
  const place = { url, schema, tablePrefix, outbox };
  if (!isSet(env, 'INTERNAL_SYSTEM_URL_FILE')) return place;
  return { ...place, currentUrl: rereadable(env, 'INTERNAL_SYSTEM_URL', url) };
}

function urlForModule(env: Environment, { INTERNAL_SYSTEM_URL: byDefault }: Values): string {
  return isSet(env, 'INTERNAL_SYSTEM_URL') ? (env['INTERNAL_SYSTEM_URL'] ?? '').trim() : byDefault;
}

/** An address to send orders to says enough. */
function presetOf(
  env: Environment,
  values: Values,
  { problems, warnings }: Findings,
): Values['INTERNAL_SYSTEM_PRESET'] {
  const { INTERNAL_SYSTEM_PRESET: named } = values;
  const isHttp = isSet(env, 'INTERNAL_SYSTEM_HTTP_URL');
  const chosen = CHOICES.filter((name) => isSet(env, name));
  const [first, second] = named === 'http' ? chosen.filter((name) => name !== 'INTERNAL_SYSTEM_HTTP_URL') : chosen;
  if (first !== undefined && second !== undefined) {
    problems.push(problem(second, `${first} is set as well`, 'only one of the two'));
  }
  const preset = named ?? (isHttp ? 'http' : undefined);
  if (preset === undefined && !isSet(env, 'INTERNAL_SYSTEM')) {
    const unused = OF_PRESETS.filter((name) => isGiven(env, name));
    warnings.push(...unused.map((name) => `${name}: it is ignored without INTERNAL_SYSTEM_PRESET.`));
  }
  return preset;
}

/** Each of them names an internal system. */
const CHOICES = [
  'INTERNAL_SYSTEM',
  'INTERNAL_SYSTEM_PRESET',
  'INTERNAL_SYSTEM_HTTP_URL',
] as const satisfies VariableName[];

/** Of other presets' variables, which other programs may have as well, nothing is said. */
const OF_PRESETS = ['INTERNAL_SYSTEM_HTTP_SECRET', 'INTERNAL_SYSTEM_HTTP_TOKEN'] as const satisfies VariableName[];
