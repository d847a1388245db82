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
 * @param problems gets one more if both are given, or the file holds nothing
 * @returns undefined if neither is given
 */
export function readSecret(env: Environment, name: string, problems: string[]): Secret | undefined {
  const path = env[`${name}_FILE`]?.trim() ?? '';
  const given = isSet(env, name) ? (env[name] ?? '') : undefined;
  if (path === '') return given === undefined ? undefined : { name, value: given, reread: () => false };
  const content = readText(`${name}_FILE`, path, problems);
  if (content === undefined) return undefined;
  if (content.trim() === '') problems.push(problem(`${name}_FILE`, `the file ${shown(path)} is empty`, 'the secret'));
  // Whoever passes the environment on may have filled it in already.
  else if (given !== undefined && given !== content) {
    problems.push(problem(`${name}_FILE`, `${name} is set as well`, 'only one of the two'));
  }
  return new SecretFile(name, path, content);
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
