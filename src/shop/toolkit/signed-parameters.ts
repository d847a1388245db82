import { createHash, createHmac } from 'node:crypto';
import { type Auth, signedWith } from '../../client/auth.ts';
import type { Pair } from '../../client/request.ts';
import type { Secret } from '../../settings/secret.ts';

export interface SignedParameters {
  readonly secret: Secret;
  readonly method: 'md5' | 'hmac-md5' | 'hmac-sha256';
  /** Added to each request before it is signed: the application's key, the time … */
  readonly parameters: () => Readonly<Record<string, string>>;
  /** Secrets among the parameters, which are read again too when the shop refuses them. */
  readonly others?: readonly Secret[];
  /** The parameter that holds the signature. @defaultValue sign */
  readonly name?: string;
  /**
   * What is signed.
   *
   * @defaultValue names and values, sorted by name, with nothing in between; for md5 with the secret before and behind
   */
  readonly textOf?: (sorted: readonly Pair[], secret: string) => string;
  /** @defaultValue hex in upper case */
  readonly encode?: (digest: Buffer) => string;
}

/** Signs the sorted parameters of each request, those of its form if it has one, as Chinese open platforms want it. */
export function signedParameters(options: SignedParameters): Auth {
  const { secret, method, parameters, others = [], name = 'sign', encode = upperCaseHex } = options;
  const { textOf = method === 'md5' ? betweenSecrets : inARow } = options;
  return signedWith([secret, ...others], (request) => {
    const added: Pair[] = Object.entries(parameters());
    const form = request.body !== undefined && 'form' in request.body ? request.body.form : undefined;
    const all = [...request.query, ...(form ?? []), ...added];
    const text = textOf(all.toSorted(byName), secret.value);
    const signed: Pair[] = [...added, [name, encode(digest(method, text, secret.value))]];
    if (form === undefined) return { ...request, query: [...request.query, ...signed] };
    return { ...request, body: { form: [...form, ...signed] } };
  });
}

/** By code units, as every platform's own examples do; never by a language's order. */
function byName([a]: Pair, [b]: Pair): number {
  return a < b ? -1 : Number(a > b);
}

function digest(method: SignedParameters['method'], text: string, secret: string): Buffer {
  if (method === 'md5') return createHash('md5').update(text).digest();
  return createHmac(method.slice('hmac-'.length), secret).update(text).digest();
}

function inARow(sorted: readonly Pair[]): string {
  return sorted.flat().join('');
}

function betweenSecrets(sorted: readonly Pair[], secret: string): string {
  return secret + inARow(sorted) + secret;
}

function upperCaseHex(digest: Buffer): string {
  return digest.toString('hex').toUpperCase();
}
