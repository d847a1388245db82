import type { Auth, Send } from './auth.ts';
import type { ApiRequest } from './request.ts';

export interface Session {
  readonly token: string;
  /** How long it is good for, in ms, if that is known. */
  readonly lifetimeMs?: number;
}

export interface LoginOptions {
  /** The settings that hold the credentials, for messages. */
  readonly names: readonly string[];
  /** Logs in. What it sends carries no credentials, and is answered whatever the status. @throws SyncError when refused */
  readonly login: (send: Send) => Promise<Session>;
  /** Adds the token to a request. */
  readonly sign: (request: ApiRequest, token: string) => ApiRequest;
  readonly now?: () => number;
}

/** A token is renewed before it ends, as a request takes a while to arrive. */
const EARLY_MS = 30_000;

/** A token that a login brings. All requests share it, and wait for one and the same login when it has ended or is refused. */
export function session(options: LoginOptions): Auth {
  return new SessionAuth(options);
}

class SessionAuth implements Auth {
  readonly names: readonly string[];
  version = 0;
  readonly #options: Required<LoginOptions>;
  #token = '';
  #endsAt = 0;
  #login: Promise<void> | undefined;

  constructor(options: LoginOptions) {
    this.names = options.names;
    this.#options = { now: Date.now, ...options };
  }

  async sign(request: ApiRequest, send: Send): Promise<ApiRequest> {
    if (this.#login === undefined && this.#options.now() >= this.#endsAt) {
      this.#login = this.#begin(send).finally(() => {
        this.#login = undefined;
      });
    }
    await this.#login;
    return this.#options.sign(request, this.#token);
  }

  renew(): boolean {
    this.#endsAt = 0;
    return true;
  }

  async #begin(send: Send): Promise<void> {
    const { token, lifetimeMs = Number.POSITIVE_INFINITY } = await this.#options.login(send);
    this.#token = token;
    this.#endsAt = this.#options.now() + lifetimeMs - EARLY_MS;
    this.version += 1;
  }
}
