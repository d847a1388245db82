import { type Environment, isSet } from '../settings/environment.ts';
import { problem, shown } from '../settings/problems.ts';
import { readText } from '../settings/text-file.ts';
import { SECRETS, type VariableName, variable } from './variables.ts';

/** A secret as it is now. One from a file is read again at each call: it may have been rotated. */
export type Secret = () => string;

/**
 * @param env in which NAME_FILE may name the file
 * @param value as read at start. It stays in use while the file cannot be read or holds nothing usable: whoever rotates the
 *   secret may be halfway through.
 */
export function rereadable(env: Environment, name: VariableName, value: string): Secret {
  const path = env[`${name}_FILE`]?.trim() ?? '';
  if (path === '') return () => value;
  let usable = value;
  return () => {
    const content = readText(`${name}_FILE`, path, []) ?? '';
    if (content.trim() !== '' && variable(name).schema.safeParse(content).success) usable = content;
    return usable;
  };
}

/**
 * The environment with every secret of a NAME_FILE filled in as NAME, so that no other code cares where a secret is from. A
 * file's trailing line ends are not part of the secret.
 */
export function withSecretsFromFiles(
  env: Environment,
  isWanted: (name: VariableName) => boolean,
  problems: string[],
): Environment {
  const filled: Record<string, string | undefined> = { ...env };
  for (const name of SECRETS.filter(isWanted)) {
    const path = env[`${name}_FILE`]?.trim() ?? '';
    if (path === '') continue;
    if (isSet(env, name)) {
      problems.push(problem(`${name}_FILE`, `${name} is set as well`, 'only one of the two'));
      continue;
    }
    const content = readText(`${name}_FILE`, path, problems);
    if (content === undefined) continue;
    if (content.trim() === '') problems.push(problem(`${name}_FILE`, `the file ${shown(path)} is empty`, 'the secret'));
    filled[name] = content;
  }
  return filled;
}

/** Set directly or from a file, even an unreadable one, which is a problem of its own. */
export function isGiven(env: Environment, name: VariableName): boolean {
  return isSet(env, name) || (SECRETS.includes(name) && isSet(env, `${name}_FILE`));
}
