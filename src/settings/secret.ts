import { type Environment, isSet } from './environment.ts';
import { problem, shown } from './problems.ts';
import { readText } from './text-file.ts';

/** A secret that may be rotated while the daemon runs, if it stands in a file. */
export interface Secret {
  /** The setting's name, for messages. */
  readonly name: string;
  readonly value: string;
  /** Reads the file again. @returns whether the secret has changed */
  reread(): boolean;
}

/**
 * The secret in NAME, or in the file that NAME_FILE names.
 *
 * @param problems gets one more if both are given, or the file cannot be used
 * @returns undefined if neither is given or it cannot be used
 */
export function readSecret(env: Environment, name: string, problems: string[]): Secret | undefined {
  if (!isSet(env, `${name}_FILE`))
    return isSet(env, name) ? { name, value: env[name] ?? '', reread: () => false } : undefined;
  const content = readSecretFile(env, name, problems);
  if (content === undefined) return undefined;
  // Whoever passes the environment on may have filled it in already.
  if (isSet(env, name) && env[name] !== content) {
    problems.push(problem(`${name}_FILE`, `${name} is set as well`, 'only one of the two'));
  }
  return new SecretFile(name, env[`${name}_FILE`]?.trim() ?? '', content);
}

/** The content of the file that NAME_FILE names; undefined, and one more problem, if it can't be used. */
function readSecretFile(env: Environment, name: string, problems: string[]): string | undefined {
  const path = env[`${name}_FILE`]?.trim() ?? '';
  const content = readText(`${name}_FILE`, path, problems);
  if (content === undefined || content.trim() !== '') return content;
  problems.push(problem(`${name}_FILE`, `the file ${shown(path)} is empty`, 'the secret'));
  return undefined;
}

class SecretFile implements Secret {
  readonly name: string;
  readonly #path: string;
  #value: string;

  constructor(name: string, path: string, value: string) {
    this.name = name;
    this.#path = path;
    this.#value = value;
  }

  get value(): string {
    return this.#value;
  }

  /** While the file cannot be read or is empty, the old one stays: whoever rotates it may be halfway through. */
  reread(): boolean {
    const content = readText(`${this.name}_FILE`, this.#path, []) ?? '';
    if (content.trim() === '' || content === this.#value) return false;
    this.#value = content;
    return true;
  }
}
