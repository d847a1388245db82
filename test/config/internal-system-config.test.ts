import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { anEnvironment, configOf, problemsOf } from './environments.ts';

/** Any file of one line. */
const PASSWORD_FILE = new URL('../../.nvmrc', import.meta.url).pathname;

const LEDGER = { url: 'sqlite:data/internal.db' };

describe('which internal system', () => {
  test.each([
    ['a database', {}, LEDGER],
    ['a preset', { INTERNAL_SYSTEM_PRESET: 'tryton' }, { preset: 'tryton', ledger: LEDGER }],
    ['an endpoint', { INTERNAL_SYSTEM_HTTP_URL: 'https://erp.example/o' }, { preset: 'http', ledger: LEDGER }],
    [
      'an endpoint, named twice',
      { INTERNAL_SYSTEM_PRESET: 'http', INTERNAL_SYSTEM_HTTP_URL: 'https://erp.example/o' },
      { preset: 'http', ledger: LEDGER },
    ],
    ['a module', { INTERNAL_SYSTEM: './erp.ts' }, { module: './erp.ts', ledger: LEDGER, isUrlGiven: false }],
    [
      'a preset whose ledger is elsewhere',
      { INTERNAL_SYSTEM_PRESET: 'odoo', INTERNAL_SYSTEM_URL: 'postgres://u:p@host/db', INTERNAL_SYSTEM_SCHEMA: 'sync' },
      { preset: 'odoo', ledger: { url: 'postgres://u:p@host/db', schema: 'sync' } },
    ],
  ])('%s', (_, env, expected) => {
    const { internalSystem, warnings } = configOf(env);
    expect(internalSystem).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  test.each([
    [
      { INTERNAL_SYSTEM: './erp.ts', INTERNAL_SYSTEM_PRESET: 'tryton' },
      'INTERNAL_SYSTEM_PRESET: INTERNAL_SYSTEM is set',
    ],
    [
      { INTERNAL_SYSTEM: './erp.ts', INTERNAL_SYSTEM_HTTP_URL: 'https://erp.example' },
      'INTERNAL_SYSTEM_HTTP_URL: INTERNAL_SYSTEM is set',
    ],
    [
      { INTERNAL_SYSTEM_PRESET: 'odoo', INTERNAL_SYSTEM_HTTP_URL: 'https://erp.example' },
      'INTERNAL_SYSTEM_HTTP_URL: INTERNAL_SYSTEM_PRESET is set',
    ],
    [{ INTERNAL_SYSTEM_PRESET: 'trytn' }, 'INTERNAL_SYSTEM_PRESET: found "trytn"; expected one of erpnext, http'],
    [
      { INTERNAL_SYSTEM_PRESET: 'tryton', ERP_PASWORD: 'x' },
      'ERP_PASWORD: there is no such variable. Did you mean ERP_PASSWORD?',
    ],
    [{ INTERNAL_SYSTEM_PRESET: 'tryton', ERP_USERNAME: 'x' }, 'Did you mean ERP_USER?'],
  ])('%j is a mistake', (env, problem) => {
    expect(problemsOf(anEnvironment(env))).toEqual([expect.stringContaining(problem)]);
  });

  test('what other programs call ERP_… is left alone', () => {
    expect(configOf({ ERP_USERS: 'x', ERP_HOST: 'y', ERP_URL: 'z' }).warnings).toEqual([]);
  });

  test("a preset's secret may come from a file", () => {
    const { env } = configOf({ INTERNAL_SYSTEM_PRESET: 'tryton', ERP_PASSWORD_FILE: PASSWORD_FILE });
    expect(env['ERP_PASSWORD']).toBe(readFileSync(PASSWORD_FILE, 'utf8').trim());
  });
});

describe('mistakes in the address of a database are named with all others, before anything is connected to', () => {
  const wrong = { RABBITMQ_PREFETCH: 'many' };
  test.each([
    [
      'postgres://u:p@h/d?target_session_attrs=foo',
      /INTERNAL_SYSTEM_URL has target_session_attrs=foo: .*read-write or primary/,
    ],
    ['postgres://u:p@a,b/d?sslmode=perhaps', /INTERNAL_SYSTEM_URL has an unknown sslmode: known are .*verify-full/],
    ['mysql://u:p@h/d?target_session_attrs=primary', /has an unknown parameter target_session_attrs/],
    ['mariadb://u:p@h/d?sslrootcert=/missing/ca.pem', /has sslrootcert=.*which can't be read/],
    ['postgresql://u:p@h', /names no database/],
  ])('%s', (url, problem) => {
    const problems = problemsOf(anEnvironment({ INTERNAL_SYSTEM_URL: url, ...wrong }));
    expect(problems).toEqual(
      expect.arrayContaining([expect.stringMatching(problem), expect.stringContaining('RABBITMQ_PREFETCH')]),
    );
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('u:p');
  });

  test('a schema where there is none', () => {
    expect(problemsOf(anEnvironment({ INTERNAL_SYSTEM_SCHEMA: 'sync' }))).toEqual([
      expect.stringMatching(/^INTERNAL_SYSTEM_SCHEMA is set, and INTERNAL_SYSTEM_URL is not PostgreSQL's/),
    ]);
  });

  test('of a module, which may mean something else by it, nothing is said', () => {
    const env = { INTERNAL_SYSTEM: './erp.ts', INTERNAL_SYSTEM_URL: 'postgres://u:p@h/d?mine=1' };
    expect(problemsOf(anEnvironment(env))).toEqual([]);
  });
});
