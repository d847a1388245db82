import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TrustedProxy } from '../../config/ops-config.ts';
import { isLoopback } from '../../settings/loopback.ts';
import { digest } from './digest.ts';
import { FailureThrottle } from './failure-throttle.ts';
import { KnownPeople, type KnownPeopleOptions, type NotePeople } from './known-people.ts';
import { ProxyUsers } from './proxy-user.ts';
import { Sessions } from './sessions.ts';

/** A viewer may look, but sees no personal data. An operator sees everything and may act. */
export type Role = 'viewer' | 'operator';

/** A person, or a program with a token. */
export interface Who {
  /** `operator` and `viewer` with OPS_TOKEN and OPS_VIEWER_TOKEN. */
  readonly name: string;
  readonly role: Role;
  /** A session that can be ended here; a proxy's ends there. */
  readonly via: 'token' | 'session' | 'proxy' | 'nothing';
}

export interface AccessOptions extends Partial<KnownPeopleOptions> {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** With neither tokens nor a proxy, everyone is a viewer and nobody an operator: only possible on loopback. */
  readonly proxy?: TrustedProxy | undefined;
}

const ANYONE: Who = { name: 'anyone', role: 'viewer', via: 'nothing' };

/**
 * Who may do what on the operations port: programs send a token as `Authorization: Bearer`, people sign in with it once and
 * get a cookie, or a proxy has signed them in. The cookie is signed with a key derived from the token, so a session survives a
 * restart of the daemon, and the daemon stores nothing that could grow.
 */
export class Access {
  readonly host: string;
  readonly people: KnownPeople;
  readonly #proxyUsers: ProxyUsers | undefined;
  readonly #sessions: Sessions;
  readonly #failures = new FailureThrottle();

  constructor(options: AccessOptions, note: NotePeople = () => undefined) {
    const { host, port, token, viewerToken, people, sessionSecret, proxy } = options;
    this.host = host;
    this.people = new KnownPeople({ port, token, viewerToken, people, sessionSecret }, note);
    this.#proxyUsers = proxy && new ProxyUsers(proxy);
    // Browsers keep cookies by host, whatever the port: two daemons on one machine must not share one.
    this.#sessions = new Sessions(`order-sync-${digest(this.people.identity).toString('hex').slice(0, 12)}`);
  }

  get asksForToken(): boolean {
    return this.people.areConfigured || this.#proxyUsers !== undefined;
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
  whoIs(message: IncomingMessage): Who | 'throttled' | undefined {
    if (!this.asksForToken) return ANYONE;
    // First: a proxy may pass on an Authorization header of its own.
    const user = this.#proxyUsers?.whoIs(message);
    if (user !== undefined) return { ...user, via: 'proxy' };
    const { authorization } = message.headers;
    if (authorization === undefined) {
      const holder = this.#sessions.holderOf(message.headers.cookie, this.people.all);
      return holder && { name: holder.name, role: holder.role, via: 'session' };
    }
    return this.whoHas(/^Bearer +(.*)$/i.exec(authorization)?.[1] ?? '', this.addressOf(message));
  }

  /** The client's, as far as it is known. */
  addressOf(message: IncomingMessage): string {
    return this.#proxyUsers?.addressOf(message) ?? message.socket.remoteAddress ?? 'unknown';
  }

  /** Whether a proxy has signed somebody in for this request. */
  isProxied(message: IncomingMessage): boolean {
    return this.#proxyUsers?.whoIs(message) !== undefined;
  }

  /** @param address of the client */
  whoHas(token: string, address: string): Who | 'throttled' | undefined {
    const holder = this.#holderOf(token, address);
    return holder === undefined || holder === 'throttled'
      ? holder
      : { name: holder.name, role: holder.role, via: 'token' };
  }

  /**
   * Gives whoever has this token a session.
   *
   * @param isSecure whether the browser speaks TLS
   */
  signIn(
    token: string,
    address: string,
    isSecure: boolean,
  ): { readonly who: Who; readonly cookie: string } | 'throttled' | undefined {
    const holder = this.#holderOf(token, address);
    if (holder === undefined || holder === 'throttled') return holder;
    const who: Who = { name: holder.name, role: holder.role, via: 'session' };
    return { who, cookie: this.#sessions.begin(holder, isSecure) };
  }

  endedCookie(): string {
    return this.#sessions.end();
  }

  whyNotOperator({ via }: Who): string {
    if (via === 'proxy') return 'You may look. To act, your name must be one of OPS_OPERATORS.';
    return this.people.all.some(({ role }) => role === 'operator')
      ? 'You may look. To act, sign in with OPS_TOKEN, or the token of an operator.'
      : 'To act, set OPS_TOKEN and sign in with it.';
  }

  #holderOf(token: string, address: string) {
    if (this.#failures.isThrottled(address)) return 'throttled';
    const given = digest(token);
    // Every token is compared, each in constant time.
    const [match] = this.people.all.filter((known) => timingSafeEqual(known.digest, given));
    if (match === undefined) this.#failures.add(address);
    return match;
  }
}

/**
 * Did a page of ours send this request, or a program? Browsers name the origin of a POST in one of two headers, and no page
 * can change those. A program sends neither header, and its token instead of a cookie.
 *
 * @param isProxied whether a proxy has signed somebody in for it: then the token may be one that the proxy adds
 */
export function isSameOrigin({ headers }: IncomingMessage, isProxied: boolean): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin !== undefined) return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
  return headers.authorization !== undefined && !isProxied;
}
