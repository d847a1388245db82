import { generateKeyPairSync, sign as rsaSign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SignatureCheck } from '../../src/webhooks/signature.ts';
import { phpJson, sign } from './helpers/shops.ts';

const BODY = phpJson({ id: 58, name: 'Übergröße 🔔 a/b' });

function isSigned(header: string | undefined, secrets: readonly string[], chunks: readonly Buffer[] = [BODY]): boolean {
  const check = new SignatureCheck(secrets);
  for (const chunk of chunks) check.update(chunk);
  return check.matches(header);
}

/** One byte, one byte, the rest. */
function inPieces(body: Buffer): Buffer[] {
  return [body.subarray(0, 1), body.subarray(1, 2), body.subarray(2)];
}

describe('an HMAC over the raw bytes', () => {
  test('matches in base64 and in hex, upper or lower case, with or without its algorithm', () => {
    const hex = sign(BODY, 'secret', 'hex');
    for (const header of [sign(BODY, 'secret'), ` ${sign(BODY, 'secret')} `, hex, hex.toUpperCase(), `sha256=${hex}`]) {
      expect(isSigned(header, ['secret']), header).toBe(true);
    }
  });

  test('matches however the body is cut up', () => {
    expect(isSigned(sign(BODY, 'secret'), ['secret'], inPieces(BODY))).toBe(true);
  });

  test('matches with either of two secrets, and with no other', () => {
    expect(isSigned(sign(BODY, 'old'), ['new', 'old'])).toBe(true);
    expect(isSigned(sign(BODY, 'new'), ['new', 'old'])).toBe(true);
    expect(isSigned(sign(BODY, 'other'), ['new', 'old'])).toBe(false);
  });

  test.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is cut short', sign(BODY, 'secret').slice(0, 20)],
    ['is longer', `${sign(BODY, 'secret', 'hex')}00`],
    ['is over other bytes', sign(Buffer.from(`${BODY} `), 'secret')],
    [
      'is over the same JSON written differently',
      sign(Buffer.from(JSON.stringify(JSON.parse(String(BODY)))), 'secret'),
    ],
  ])('does not match when it %s', (_, header) => {
    expect(isSigned(header, ['secret'])).toBe(false);
  });

  test('never matches without a secret', () => {
    expect(isSigned(sign(BODY, ''), [])).toBe(false);
  });
});

describe('a public key, as Adobe Commerce signs', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const signature = rsaSign('sha256', Buffer.from(BODY.toString('base64')), privateKey).toString('base64');

  test('matches a signature of the base64 of the body, however the body is cut up', () => {
    expect(isSigned(signature, [pem], inPieces(BODY))).toBe(true);
    expect(isSigned(signature, [pem.replaceAll('\n', '\\n')])).toBe(true);
  });

  test('does not match a signature of anything else', () => {
    expect(isSigned(rsaSign('sha256', BODY, privateKey).toString('base64'), [pem])).toBe(false);
  });

  test('is never the key of an HMAC: everyone may know it', () => {
    expect(isSigned(sign(BODY, pem), [pem])).toBe(false);
  });
});
