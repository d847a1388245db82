import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { anEnvironment, configOf, problemsOf } from './environments.ts';

const SECRET = { WEBHOOK_SECRET: 'secret-of-the-shop' };

test('without a word about webhooks, none are taken', () => {
  expect(configOf().webhooks).toBeUndefined();
});

test('a port without a secret or a token is a problem: everyone could publish events', () => {
  expect(problemsOf(anEnvironment({ WEBHOOK_PORT: '9465' }))).toEqual([
    "WEBHOOK_SECRET: not set although WEBHOOK_PORT is; expected the secret with which the shop signs, or WEBHOOK_TOKEN if it can't sign.",
  ]);
  expect(configOf({ WEBHOOK_PORT: '9465', ...SECRET }).webhooks?.port).toBe(9465);
  expect(configOf({ WEBHOOK_PORT: '9465', WEBHOOK_TOKEN: 'a-token-in-the-path' }).webhooks?.secrets()).toEqual([]);
});

test('an old secret needs the one that replaces it', () => {
  expect(problemsOf(anEnvironment({ WEBHOOK_OLD_SECRET: 'the-one-before-it', WEBHOOK_TOKEN: 't'.repeat(16) }))).toEqual(
    ['WEBHOOK_SECRET: not set although WEBHOOK_OLD_SECRET is; expected the secret that replaces it.'],
  );
});

test('listens on loopback unless told otherwise', () => {
  expect(configOf(SECRET).webhooks).toMatchObject({ host: '127.0.0.1', shopName: 'shop', preset: 'generic' });
});

describe('the preset', () => {
  test.each([
    [{ SHOP_PRESET: 'woocommerce' }, 'woocommerce', true],
    [{ SHOP_PRESET: 'medusa' }, 'generic', true],
    [{ SHOP_PRESET: 'woocommerce', WEBHOOK_PRESET: 'generic' }, 'generic', true],
    [{ SHOP_PRESET: 'magento' }, 'magento', false],
  ])('%j means %s; asked by id alone: %s', (env, preset, prefersId) => {
    expect(configOf({ ...SECRET, ...env }).webhooks).toMatchObject({ preset, prefersId });
  });

  test('that nobody knows is a problem', () => {
    expect(problemsOf(anEnvironment({ ...SECRET, WEBHOOK_PRESET: 'prestashop' }))).toEqual([
      'WEBHOOK_PRESET: found "prestashop"; expected one of woocommerce, shopify, magento, generic.',
    ]);
  });
});

test('a misspelt SHOP_PRESET is a problem for the process that only takes webhooks too, as it says whose they are', () => {
  const env = { ...anEnvironment(SECRET), SHOP_PRESET: 'woocomerce' };
  const problem = 'SHOP_PRESET: found "woocomerce"; expected one of magento, medusa, shopify, vendure, woocommerce.';
  expect(problemsOf(env)).toEqual([problem]);
  expect(problemsOf(env, ['rabbitmq'])).toEqual([problem]);
});

describe('a secret', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  test('may be a public key, and no other key', () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(configOf({ WEBHOOK_SECRET: pem }).webhooks?.secrets()).toEqual([pem]);
    const found = 'WEBHOOK_SECRET: found a value that is not shown here; expected one line, or a public key (PEM)';
    for (const wrong of [privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), pem.replace('M', '*')]) {
      expect(problemsOf(anEnvironment({ WEBHOOK_SECRET: wrong }))[0]).toContain(found);
    }
  });

  test('in a file is read again for each webhook', () => {
    const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'secret');
    writeFileSync(path, 'the-first-one\n');
    const secrets = configOf({ WEBHOOK_SECRET_FILE: path }).webhooks?.secrets;
    expect(secrets?.()).toEqual(['the-first-one']);
    writeFileSync(path, 'the-second-one\n');
    expect(secrets?.()).toEqual(['the-second-one']);
  });

  test('of fewer than eight characters is a problem', () => {
    expect(problemsOf(anEnvironment({ WEBHOOK_SECRET: 'seven77' }))).toHaveLength(1);
  });
});
