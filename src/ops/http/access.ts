import { createHash, createHmac, scryptSync, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../settings/loopback.ts';
import { FailureThrottle } from './failure-throttle.ts';

/** A viewer may look, but sees no personal data. An operator sees everything and may act. */
export type Role = 'viewer' | 'operator';

export interface AccessOptions {
  readonly host: string;
  /** Without it everyone is a viewer and nobody is an operator: only possible on loopback. */
  readonly token?: string | undefined;
  readonly viewerToken?: string | undefined;
}

/** People sign in about once a month. Changing a token ends the sessions that began with it. */
const SESSION_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Who may do what on the operations port: programs send a token as `Authorization: Bearer`, people sign in with it once and
 * get a cookie. The cookie is signed with a key derived from the token, so a session survives a restart of the daemon, and
 * the daemon stores nothing that could grow.
 */
export class Access {
  readonly host: string;
  readonly #tokens: readonly { readonly role: Role; readonly digest: Buffer; readonly sessionKey: Buffer }[];
  readonly #cookie: string;
  readonly #failures = new FailureThrottle();

  constructor({ host, token, viewerToken }: AccessOptions) {
    this.host = host;
    const given = [
      { role: 'operator' as const, token },
      { role: 'viewer' as const, token: viewerToken },
    ];
    this.#tokens = given.flatMap(({ role, token }) =>
      token === undefined
        ? []
        : // scrypt: a stolen cookie must not be a way to try out tokens quickly.
          [{ role, digest: digest(token), sessionKey: scryptSync(token, `order-sync session ${role}`, 32) }],
    );
    // Browsers keep cookies by host, whatever the port: two daemons on one machine must not share one.
    const keys = this.#tokens.map(({ sessionKey }) => sessionKey.toString('base64'));
    this.#cookie = `order-sync-${digest(keys.join()).toString('hex').slice(0, 12)}`;
  }

  get asksForToken(): boolean {
    return this.#tokens.length > 0;
  }

  /**
   * False for DNS rebinding: a web page open in a browser here could point its own domain at this machine and read what is
   * served, but its requests carry that domain. A daemon that listens on every address has many names, and a token instead.
   */
  isExpectedHost(header: string | undefined): boolean {
    if (this.host === '0.0.0.0' || this.host === '::') return true;
    const name = (header ?? '').replace(/:\d+$/, '').toLowerCase();
    return isLoopback(name) || name.replace(/^\[|\]$/g, '') === this.host.toLowerCase();
  }

  /** Undefined: unknown. Throttled: too many wrong tokens from this address, so no other one is checked. */
  roleOf(message: IncomingMessage): Role | 'throttled' | undefined {
    if (!this.asksForToken) return 'viewer';
    const { authorization } = message.headers;
    if (authorization === undefined) return this.#roleOfCookie(message.headers.cookie);
    return this.roleOfToken(
      /^Bearer +(.*)$/i.exec(authorization)?.[1] ?? '',
      message.socket.remoteAddress ?? 'unknown',
    );
  }

  /** @param address of the client */
  roleOfToken(token: string, address: string): Role | 'throttled' | undefined {
    if (this.#failures.isThrottled(address)) return 'throttled';
    const given = digest(token);
    // Every token is compared, each in constant time.
    const [match] = this.#tokens.filter((known) => timingSafeEqual(known.digest, given));
    if (match === undefined) this.#failures.add(address);
    return match?.role;
  }

  /** @param isSecure whether the browser speaks TLS @returns a Set-Cookie header */
  sessionCookie(role: Role, isSecure: boolean, now = Date.now()): string {
    const claim = `${role}.${now + SESSION_MS}`;
    return this.#setCookie(`${claim}.${this.#sign(role, claim)}`, SESSION_MS / 1000, isSecure);
  }

  endedCookie(): string {
    return this.#setCookie('', 0, false);
  }

  whyNotOperator(): string {
    return this.#tokens.some(({ role }) => role === 'operator')
      ? 'You may look. To act, sign in with OPS_TOKEN.'
      : 'To act, set OPS_TOKEN and sign in with it.';
  }

  #setCookie(value: string, maxAgeSeconds: number, isSecure: boolean): string {
    const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${isSecure ? '; Secure' : ''}`;
    return `${this.#cookie}=${value}; ${attributes}`;
  }

  #roleOfCookie(header = ''): Role | undefined {
    const prefix = `${this.#cookie}=`;
    const value = header
      .split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(prefix))
      ?.slice(prefix.length);
    const [, claim, role, expiresAt, signature] =
      /^((viewer|operator)\.(\d{1,16}))\.([\w-]{43})$/.exec(value ?? '') ?? [];
    if (claim === undefined || signature === undefined || !(Number(expiresAt) > Date.now())) return undefined;
    const known = this.#tokens.find((token) => token.role === role);
    if (known === undefined) return undefined;
    const isOurs = timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(known.role, claim)));
    return isOurs ? known.role : undefined;
  }

  #sign(role: Role, claim: string): string {
    const key = this.#tokens.find((token) => token.role === role)?.sessionKey ?? '';
    return createHmac('sha256', key).update(claim).digest('base64url');
  }
}

/**
 * Did a page of ours send this request, or a program? Browsers name the origin of a POST in one of two headers, and no page
 * can change those. A program sends neither header, and its token instead of a cookie.
 */
export function isSameOrigin({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin !== undefined) return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
  return headers.authorization !== undefined;
}

/** Of one length, whatever the length of the text: the comparison must not reveal that either. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
