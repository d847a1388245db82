import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { PROXY_SECRET_HEADER, type TrustedProxy } from '../../config/ops-config.ts';
import { isSameText } from './digest.ts';

/** Longer than any name or e-mail address. */
const MAX_BYTES = 255;

/**
 * Whom a proxy has signed in. Whoever reaches the port can write any header, on this machine too: only a request with the proxy's
 * secret is believed, and only if it says one name, once.
 */
export class ProxyUsers {
  readonly #proxy: TrustedProxy;
  readonly #userHeader: string;

  constructor(proxy: TrustedProxy) {
    this.#proxy = proxy;
    this.#userHeader = proxy.userHeader.toLowerCase();
  }

  /** Undefined if it is not from the proxy, or the proxy knows nobody. */
  whoIs(message: IncomingMessage): { readonly name: string; readonly role: 'operator' | 'viewer' } | undefined {
    const name = this.#isProven(message) ? nameIn(onlyValue(message, this.#userHeader)) : undefined;
    if (name === undefined) return undefined;
    return { name, role: this.#proxy.operators.includes(name) ? 'operator' : 'viewer' };
  }

  /** Where the proxy says that it is from: the last address in X-Forwarded-For, as those before it are the client's to write. */
  addressOf(message: IncomingMessage): string | undefined {
    const forwarded = this.#isProven(message) ? onlyValue(message, 'x-forwarded-for') : undefined;
    const last = forwarded?.split(',').at(-1)?.trim() ?? '';
    return isIP(last) === 0 ? undefined : last;
  }

  #isProven(message: IncomingMessage): boolean {
    const secret = onlyValue(message, PROXY_SECRET_HEADER.toLowerCase());
    return secret !== undefined && isSameText(secret, this.#proxy.secret);
  }
}

/** Two of them, the proxy's and the client's, would mean that the proxy lets the client's through. */
function onlyValue({ headersDistinct }: IncomingMessage, name: string): string | undefined {
  const values = headersDistinct[name] ?? [];
  return values.length === 1 ? values[0] : undefined;
}

/** Node reads headers byte by byte; proxies write UTF-8. */
function nameIn(value: string | undefined): string | undefined {
  if (value === undefined || value.length > MAX_BYTES) return undefined;
  try {
    const name = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1')).trim();
    // A comma would be a second name that was joined on the way.
    return name === '' || /[\p{C},]/u.test(name) ? undefined : name;
  } catch {
    return undefined;
  }
}
