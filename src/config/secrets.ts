import { ConfigError } from '../errors.ts';
import { type Environment, isSet } from '../settings/environment.ts';
import { readSecret, type Secret as SettingSecret } from '../settings/secret.ts';
import { readText } from '../settings/text-file.ts';
import { KNOWN_NAMES, SECRETS, type VariableName, variable } from './variables.ts';

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
    if (isSet(env, `${name}_FILE`)) filled[name] = readSecret(env, name, problems)?.value ?? env[name];
  }
  return filled;
}

/**
 * The environment for a user's own module, whose secrets nobody else knows: each NAME_FILE gives it NAME, read again each time
 * the module looks at NAME, as it may have been rotated; what can be used no longer is then passed over. Looking at NAME throws
 * a ConfigError if its file cannot be read, or if NAME is set as well. No file is read that the module does not ask for.
 *
 * @param env as given @param filled the same, with our own secrets filled in
 */
export function withModuleSecrets(env: Environment, filled: Environment): Environment {
  const forModule = { ...filled };
  for (const fileName of Object.keys(env).filter((key) => isSet(env, key))) {
    const name = /^(\w+)_FILE$/.exec(fileName)?.[1];
    if (name === undefined || isOtherFile(name)) continue;
    let secret: SettingSecret | undefined;
    const get = () => {
      secret?.reread();
      secret ??= usableSecret(env, name);
      return secret.value;
    };
    Object.defineProperty(forModule, name, { get, enumerable: isSet(filled, name) });
  }
  return forModule;
}

/** @throws ConfigError */
function usableSecret(env: Environment, name: string): SettingSecret {
  const problems: string[] = [];
  const secret = readSecret(env, name, problems);
  if (secret === undefined || problems.length > 0) throw new ConfigError(problems);
  return secret;
}

/** LOG_FILE, for instance, names a file that holds no secret called LOG. */
function isOtherFile(name: string): boolean {
  return KNOWN_NAMES.includes(`${name}_FILE`) && !SECRETS.some((secret) => secret === name);
}

/** Set directly or from a file, even an unreadable one, which is a problem of its own. */
export function isGiven(env: Environment, name: VariableName): boolean {
  return isSet(env, name) || (SECRETS.includes(name) && isSet(env, `${name}_FILE`));
}
