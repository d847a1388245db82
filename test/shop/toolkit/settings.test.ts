import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, test } from 'vitest';
import { Settings } from '../../../src/client/settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-sync-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

function aFile(content: string): string {
  const file = join(folder, 'secret');
  writeFileSync(file, content);
  return file;
}

function problemsOf(env: Record<string, string>, read: (settings: Settings) => unknown): unknown {
  const settings = new Settings(env, 'SHOP');
  read(settings);
  try {
    settings.assertUsable();
    return [];
  } catch (error) {
    return error instanceof Error && 'problems' in error ? error.problems : error;
  }
}

test('settings are typed, and have fallbacks', () => {
  const env = { SHOP_BASE_URL: ' https://shop.example/api/ ', STORE: 'default', SIZE: '50', MODE: 'b' };
  const settings = new Settings(env, 'SHOP');
  expect(settings.url('SHOP_BASE_URL')).toBe('https://shop.example/api');
  expect(settings.url('SHOP_BASE_URL', { path: '/v3' })).toBe('https://shop.example/api/v3');
  expect(settings.url('SHOP_BASE_URL', { path: '/api' })).toBe('https://shop.example/api');
  expect(settings.text('STORE')).toBe('default');
  expect(settings.text('OTHER', null)).toBeNull();
  expect(settings.number('SIZE', { min: 1, max: 100, fallback: 20 })).toBe(50);
  expect(settings.number('OTHER', { min: 1, max: 100, fallback: 20 })).toBe(20);
  expect(settings.oneOf('MODE', ['a', 'b'])).toBe('b');
  expect(settings.secret('OTHER', null)).toBeNull();
  expect(settings.limits({ requestsPerSecond: 2 })).toMatchObject({ timeoutMs: 10_000, requestsPerSecond: 2 });
  settings.assertUsable();
});

test('every problem is reported at once, none with a secret', () => {
  const env = { SHOP_BASE_URL: 'shop', SIZE: '0', MODE: 'c', SHOP_SECRET: 'line\nbreak', SHOP_TIMEOUT_MS: 'soon' };
  const problems = problemsOf(env, (settings) => {
    settings.url('SHOP_BASE_URL');
    settings.text('STORE');
    settings.number('SIZE', { min: 1, max: 100, fallback: 20 });
    settings.oneOf('MODE', ['a', 'b']);
    settings.secret('SHOP_KEY');
    settings.secret('SHOP_SECRET');
    settings.limits();
    settings.problem('SHOP_KEY: one more thing.');
  });
  expect(problems).toEqual([
    expect.stringMatching(/^SHOP_BASE_URL: found "shop"; expected an address/),
    'STORE: not set; expected text on one line.',
    'SIZE: found "0"; expected a whole number from 1 to 100.',
    'MODE: found "c"; expected one of a, b.',
    expect.stringMatching(/^SHOP_KEY: not set; .*SHOP_KEY_FILE/),
    expect.stringMatching(/^SHOP_SECRET: found a value that is not shown/),
    expect.stringMatching(/^SHOP_TIMEOUT_MS: found "soon"/),
    'SHOP_KEY: one more thing.',
  ]);
});

describe('an address for credentials', () => {
  const isRefused = (url: string) =>
    problemsOf({ SHOP_URL: url }, (settings) => settings.url('SHOP_URL', { onlyHttps: true }));
  it('must be https, where the shop wants that', () => {
    expect(isRefused('http://shop.example')).toEqual([expect.stringContaining('https://')]);
    expect(isRefused('https://shop.example')).toEqual([]);
  });

  it('may be http on this machine', () => {
    expect(isRefused('http://127.0.0.1:8080')).toEqual([]);
    expect(isRefused('http://localhost')).toEqual([]);
  });
});

describe('a secret from a file', () => {
  it('is read without its line ends, and again when it is refused', () => {
    const file = aFile('first\n');
    const secret = new Settings({ SHOP_TOKEN_FILE: file }, 'SHOP').secret('SHOP_TOKEN');
    expect(secret.value).toBe('first');
    expect(secret.reread()).toBe(false);
    for (const halfway of ['', '\n']) {
      writeFileSync(file, halfway);
      expect(secret.reread()).toBe(false);
    }
    rmSync(file);
    expect(secret.reread()).toBe(false);
    expect(secret.value).toBe('first');
    aFile('second\n');
    expect(secret.reread()).toBe(true);
    expect(secret.value).toBe('second');
  });

  it('may have been filled in already, but not with something else', () => {
    const file = aFile('secret\n');
    const read = (settings: Settings) => settings.secret('SHOP_TOKEN');
    expect(problemsOf({ SHOP_TOKEN: 'secret', SHOP_TOKEN_FILE: file }, read)).toEqual([]);
    expect(problemsOf({ SHOP_TOKEN: 'other', SHOP_TOKEN_FILE: file }, read)).toEqual([
      'SHOP_TOKEN_FILE: SHOP_TOKEN is set as well; expected only one of the two.',
    ]);
  });

  it('is a problem if there is no such file, or nothing in it', () => {
    const read = (settings: Settings) => settings.secret('SHOP_TOKEN');
    expect(problemsOf({ SHOP_TOKEN_FILE: join(folder, 'absent') }, read)).toEqual([expect.stringContaining('ENOENT')]);
    expect(problemsOf({ SHOP_TOKEN_FILE: aFile('\n') }, read)).toContainEqual(expect.stringContaining('is empty'));
  });
});
