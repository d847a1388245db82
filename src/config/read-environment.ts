import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { ConfigError } from '../errors.ts';
import type { Environment } from '../settings/environment.ts';
import { problem } from '../settings/problems.ts';

/**
 * The process's environment, on top of `.env` in the working directory. Nothing else in the project reads either.
 *
 * @throws ConfigError when there is a `.env` that cannot be read
 */
export function readEnvironment(): Environment {
  return { ...readDotEnv(), ...process.env };
}

function readDotEnv(): Environment {
  try {
    return parse(readFileSync('.env'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT') return {};
    throw new ConfigError([problem('.env', `cannot be read (${code})`, 'a readable file, or none')], { cause: error });
  }
}
