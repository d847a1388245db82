import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { anEnvironment, configOf, problemsOf } from './environments.ts';

const LEDGER = { url: 'sqlite:data/internal.db' };

const ONE_LINE = new URL('../../.nvmrc', import.meta.url).pathname;

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
    const { env } = configOf({ INTERNAL_SYSTEM_PRESET: 'tryton', ERP_PASSWORD_FILE: ONE_LINE });
    expect(env['ERP_PASSWORD']).toBe(readFileSync(ONE_LINE, 'utf8').trim());
  });
});
