import { createHash, createHmac } from 'node:crypto';
import type { Secret } from '../../settings/secret.ts';
import { type Auth, signedWith } from './auth.ts';
import type { Pair, ShopRequest } from './request.ts';

export interface SignedParameters {
  readonly secret: Secret;
  /** `md5`: over secret + text + secret, as Taobao's and many others' do it. `hmac-…`: with the secret as its key. */
  readonly method: 'md5' | 'hmac-md5' | 'hmac-sha256';
  /** Added to each request before it is signed: the application's key, the time … */
  readonly parameters: () => Readonly<Record<string, string>>;
  /** The parameter that holds the signature. @defaultValue sign */
  readonly name?: string;
  /** What is signed. @defaultValue names and values, sorted by name, with nothing in between */
  readonly textOf?: (sorted: readonly Pair[]) => string;
  /** @defaultValue hex in upper case */
  readonly encode?: (digest: Buffer) => string;
  readonly secrets?: readonly Secret[];
}

/** Signs the sorted parameters of each request, those of a form if it has one, as Chinese open platforms do. */
export function signedParameters(options: SignedParameters): Auth {
  const { secret, parameters, name = 'sign', textOf = inARow, encode = upperCaseHex, secrets = [] } = options;
  return signedWith([secret, ...secrets], (request) => {
    const form = request.body !== undefined && 'form' in request.body ? request.body.form : undefined;
    const added: Pair[] = Object.entries(parameters());
    const sorted = [...request.query, ...(form ?? []), ...added].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
    const signature: Pair = [name, encode(digest(options.method, textOf(sorted), secret.value))];
    return form === undefined
      ? { ...request, query: [...request.query, ...added, signature] }
      : withForm(request, [...form, ...added, signature]);
  });
}

function withForm(request: ShopRequest, form: readonly Pair[]): ShopRequest {
  return { ...request, body: { form } };
}

function digest(method: SignedParameters['method'], text: string, secret: string): Buffer {
  if (method === 'md5')
    return createHash('md5')
      .update(secret + text + secret)
      .digest();
  return createHmac(method.slice('hmac-'.length), secret).update(text).digest();
}

function inARow(sorted: readonly Pair[]): string {
  return sorted.flat().join('');
}

function upperCaseHex(digest: Buffer): string {
  return digest.toString('hex').toUpperCase();
}
