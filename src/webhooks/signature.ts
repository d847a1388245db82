import { createHmac, createPublicKey, createVerify, type KeyObject, timingSafeEqual } from 'node:crypto';

/**
 * Checks one body's signature against each secret, byte by byte as the body arrives, so that no body has to be kept for it.
 *
 * A secret is the key of an HMAC-SHA256 over the body. Where it is a public key (PEM), as Adobe Commerce has it, the signature
 * is RSA with SHA-256, over the body's base64.
 */
export class SignatureCheck {
  readonly #checks: readonly RunningCheck[];

  constructor(secrets: readonly string[]) {
    this.#checks = secrets.map((secret) => (isPublicKey(secret) ? rsa(secret) : hmac(secret)));
  }

  update(chunk: Buffer): void {
    for (const check of this.#checks) check.update(chunk);
  }

  /**
   * Once, after the last chunk. Every secret is tried, each in constant time.
   *
   * @param header base64, or hex with or without `sha256=` before it
   */
  matches(header: string | undefined): boolean {
    if (header === undefined) return false;
    const signature = signatureBytes(header);
    return this.#checks.filter((check) => check.matches(signature)).length > 0;
  }
}

interface RunningCheck {
  update(chunk: Buffer): void;
  matches(signature: Buffer): boolean;
}

function hmac(secret: string): RunningCheck {
  const running = createHmac('sha256', secret);
  return {
    update: (chunk) => void running.update(chunk),
    matches: (signature) => {
      const expected = running.digest();
      return signature.length === expected.length && timingSafeEqual(signature, expected);
    },
  };
}

function rsa(pem: string): RunningCheck {
  const running = createVerify('sha256');
  // Three bytes are four characters; what is left over waits for the next chunk.
  let rest: Buffer = Buffer.alloc(0);
  return {
    update(chunk) {
      const bytes = Buffer.concat([rest, chunk]);
      const whole = bytes.length - (bytes.length % 3);
      running.update(bytes.toString('base64', 0, whole));
      rest = bytes.subarray(whole);
    },
    matches: (signature) => running.update(rest.toString('base64')).verify(publicKey(pem), signature),
  };
}

/** An HMAC of 32 bytes is 64 hexadecimal digits; as base64 it has 44 characters. */
function signatureBytes(header: string): Buffer {
  const text = header.trim().replace(/^sha256=/i, '');
  return Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
}

/** Whether this is a public key that can be used. */
export function isPublicKey(secret: string): boolean {
  if (!secret.includes('-----BEGIN PUBLIC KEY-----')) return false;
  try {
    publicKey(secret);
    return true;
  } catch {
    return false;
  }
}

/** An environment variable on one line has `\\n` for its line ends. */
function publicKey(pem: string): KeyObject {
  return createPublicKey(pem.replaceAll('\\n', '\n'));
}
