import type { Environment } from '../settings/environment.ts';
import { problem, shown } from '../settings/problems.ts';
import { type Values, type VariableName, variable, variableNames } from './variables.ts';

/**
 * Text → typed values. A wrong variable becomes a problem and counts as unset, so that later checks can report theirs too. So
 * does a variable that is not `wanted`, whatever it holds.
 */
export function parseVariables(
  env: Environment,
  isWanted: (name: VariableName) => boolean,
  problems: string[],
): Values {
  const entries = variableNames().map((name) => [name, parseVariable(name, isWanted(name) ? env[name] : '', problems)]);
  return Object.fromEntries(entries) as Values;
}

/** @returns undefined, and one more problem, if it is wrong; its default if it is unset */
export function parseVariable(name: VariableName, found: string | undefined, problems: string[]): unknown {
  const { schema, default: byDefault, secret, hidden } = variable(name);
  const unset = byDefault === undefined ? undefined : schema.parse(byDefault);
  // Blanks around a secret may belong to it; around anything else they are an accident of the file.
  const value = secret === true ? found : found?.trim();
  if (value === undefined || value.trim() === '') return unset;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const what = secret === true || hidden === true ? 'found a value that is not shown here' : `found ${shown(value)}`;
  problems.push(problem(name, what, parsed.error.issues[0]?.message ?? 'another value'));
  return unset;
}
