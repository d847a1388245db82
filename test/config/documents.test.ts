import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { variable, variableNames } from '../../src/config/variables.ts';
import { problemsOf, urlOf } from './environments.ts';

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
const guide = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

describe('.env.example', () => {
  /** With every commented assignment uncommented. */
  const everything = parse(example.replace(/^# (?=[A-Z_]+=)/gm, ''));

  test('names exactly the variables that exist', () => {
    expect(Object.keys(everything).toSorted()).toEqual([...variableNames()].toSorted());
  });

  test('works unchanged, without a warning', () => {
    const config = loadConfig(parse(example));
    expect(urlOf(config)).toBe('amqp://guest:guest@127.0.0.1:5672');
    expect(config.warnings).toEqual([]);
  });

  test('shows the default of every variable that has one', () => {
    for (const name of variableNames()) {
      const byDefault = variable(name).default;
      if (byDefault !== undefined) expect(everything[name], name).toBe(byDefault);
    }
  });

  test('has valid values in its comments', () => {
    const { RABBITMQ_URL, SHOP_ADAPTER, INTERNAL_SYSTEM, INTERNAL_SYSTEM_PRESET, MAPPING, ...rest } = everything;
    // Its schema is for PostgreSQL, which the file does not use.
    const postgres = { ...rest, INTERNAL_SYSTEM_URL: 'postgres://order-sync@localhost/order_sync' };
    const problems = problemsOf(postgres).filter((line) => !line.includes('cannot be read (ENOENT)'));
    expect(problems).toEqual([]);
    expect([RABBITMQ_URL, SHOP_ADAPTER, INTERNAL_SYSTEM, INTERNAL_SYSTEM_PRESET, MAPPING]).not.toContain('');
  });
});

describe('docs/configuration.md', () => {
  test.each(variableNames().map((name) => [name]))('has a row for %s, with its default', (name) => {
    const { default: byDefault, secret } = variable(name);
    const row = guide.split('\n').find((line) => line.startsWith(`| \`${name}\``));
    expect(row).toBeDefined();
    if (byDefault !== undefined) expect(row).toContain(`| \`${byDefault}\` |`);
    expect(row?.includes('🔑')).toBe(secret === true);
  });

  test('has no other rows', () => {
    const named = [...guide.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1]);
    expect(named.toSorted()).toEqual([...variableNames()].toSorted());
  });
});
