import { ConfigError } from '../../errors.ts';
import { mysqlServers } from '../mysql/server.ts';
import { postgresServers } from '../postgres/server.ts';

const NO_SCHEMA_THERE =
  "INTERNAL_SYSTEM_SCHEMA is set, and INTERNAL_SYSTEM_URL is not PostgreSQL's: only there do tables have a schema. Unset it, or set INTERNAL_SYSTEM_TABLE_PREFIX instead.";

/** In lower case; undefined if the URL has none. */
export function schemeOf(url: string): string | undefined {
  return /^([a-z]+):/i.exec(url)?.[1]?.toLowerCase();
}

/**
 * What is wrong with the address of a database as far as it shows without connecting: its parameters, the files that they name, and a
 * schema where there is none.
 */
export function databaseUrlProblems(url: string, schema: string | undefined): readonly string[] {
  const scheme = schemeOf(url);
  const problems = schema === undefined || scheme?.startsWith('postgres') ? [] : [NO_SCHEMA_THERE];
  try {
    if (scheme === 'postgres' || scheme === 'postgresql') postgresServers(url);
    if (scheme === 'mysql' || scheme === 'mariadb') mysqlServers(url);
    return problems;
  } catch (error) {
    if (error instanceof ConfigError) return [...problems, ...error.problems];
    throw error;
  }
}
