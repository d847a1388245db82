import type { IncomingMessage } from 'node:http';
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
    const secret = onlyValue(message, PROXY_SECRET_HEADER.toLowerCase());
    if (secret === undefined || !isSameText(secret, this.#proxy.secret)) return undefined;
    const name = nameIn(onlyValue(message, this.#userHeader));
    if (name === undefined) return undefined;
    return { name, role: this.#proxy.operators.includes(name) ? 'operator' : 'viewer' };
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
