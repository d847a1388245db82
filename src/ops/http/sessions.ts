import { createHmac, timingSafeEqual } from 'node:crypto';

/** People sign in about once a month. */
const SESSION_MS = 30 * 24 * 60 * 60 * 1000;

/** Who may have a session, and the key that signs it: another key ends it. */
export interface SessionHolder {
  readonly name: string;
  readonly sessionKey: Buffer;
}

/**
 * Sessions of people who signed in with a token: a signed cookie, and nothing on the daemon's side that could grow. No script can
 * read it and no other site can send it.
 */
export class Sessions {
  readonly #cookie: string;

  /** @param cookie its name: browsers keep cookies by host, whatever the port */
  constructor(cookie: string) {
    this.#cookie = cookie;
  }

  /** @param isSecure whether the browser speaks TLS @returns a Set-Cookie header */
  begin(holder: SessionHolder, isSecure: boolean, now = Date.now()): string {
    const claim = `${encodeURIComponent(holder.name)}.${now + SESSION_MS}`;
    return this.#setCookie(`${claim}.${sign(holder, claim)}`, SESSION_MS / 1000, isSecure);
  }

  end(): string {
    return this.#setCookie('', 0, false);
  }

  /** Whose session it is. */
  holderOf<Holder extends SessionHolder>(cookies: string | undefined, holders: readonly Holder[]): Holder | undefined {
    const prefix = `${this.#cookie}=`;
    const value = (cookies ?? '')
      .split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(prefix))
      ?.slice(prefix.length);
    const [, claim, name, expiresAt, signature] = /^((.{1,600})\.(\d{1,16}))\.([\w-]{43})$/.exec(value ?? '') ?? [];
    if (claim === undefined || signature === undefined || !(Number(expiresAt) > Date.now())) return undefined;
    return holders.find(
      (holder) =>
        encodeURIComponent(holder.name) === name &&
        timingSafeEqual(Buffer.from(signature), Buffer.from(sign(holder, claim))),
    );
  }

  #setCookie(value: string, maxAgeSeconds: number, isSecure: boolean): string {
    const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${isSecure ? '; Secure' : ''}`;
    return `${this.#cookie}=${value}; ${attributes}`;
  }
}

function sign({ sessionKey }: SessionHolder, claim: string): string {
  return createHmac('sha256', sessionKey).update(claim).digest('base64url');
}
