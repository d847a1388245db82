import { ConfigError, SyncError } from '../../errors.ts';
import { traceHeaders } from '../../trace-context.ts';
import { DeadlineError, exchange } from './exchange.ts';
import { isNotFound, type ReplyHead, transportError } from './http-errors.ts';
import type { RestShopOptions } from './options.ts';
import { ACCEPTED_ENCODINGS, readJson } from './reply-body.ts';
import { RequestGate } from './request-gate.ts';
import { ShopConnections } from './shop-connections.ts';

export interface Reply extends ReplyHead {
  /** The parsed body of a 200; undefined for any other status. */
  readonly json?: unknown;
}

/**
 * GETs JSON from the shop: with the credentials, one deadline for the whole request, a cap on the reply's size, no redirects,
 * no other host than the shop's, and the trace that the request belongs to.
 */
export class ShopHttp {
  readonly #origin: string;
  readonly #connections: ShopConnections;
  readonly #gate: RequestGate;
  readonly #options: Omit<RestShopOptions, 'baseUrl'>;
  #token: string | undefined;
  #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #maxBytes: number;

  /** @throws ConfigError when the credentials can't be sent as a header */
  constructor(origin: string, options: Omit<RestShopOptions, 'baseUrl'>) {
    this.#origin = origin;
    this.#options = options;
    this.#timeoutMs = options.timeoutMs;
    this.#maxBytes = options.maxResponseBytes;
    this.#token = options.token;
    this.#headers = headersWith(options, options.token);
    this.#gate = new RequestGate(options);
    this.#connections = new ShopConnections(origin, options);
  }

  /** @throws SyncError when there is no complete reply; the signal's reason when aborted */
  get(url: URL, signal: AbortSignal): Promise<Reply> {
    return this.#gate.run(signal, () => this.#get(url, signal));
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #get(url: URL, signal: AbortSignal): Promise<Reply> {
    const token = this.#token;
    const reply = await this.#exchange(url, signal);
    const isRefused = reply.statusCode === 401 || reply.statusCode === 403;
    if (isRefused && (token !== this.#token || this.#rereadToken())) return await this.#exchange(url, signal);
    return reply;
  }

  /** @returns whether it was rotated */
  #rereadToken(): boolean {
    const token = this.#options.currentToken?.() ?? this.#token;
    if (token === this.#token) return false;
    this.#headers = headersWith(this.#options, token);
    this.#token = token;
    return true;
  }

  async #exchange(url: URL, signal: AbortSignal): Promise<Reply> {
    try {
      const { body, ...head } = await exchange(() => this.#connections.dispatcher, {
        path: url.pathname + url.search,
        headers: { ...this.#headers, ...traceHeaders() },
        timeoutMs: this.#timeoutMs,
        signal,
      });
      const reply = head.statusCode === 200 ? { ...head, json: await readJson(head, body, this.#maxBytes) } : head;
      if (head.statusCode === 200) this.#connections.succeeded();
      else if (!isNotFound(head)) this.#connections.failed();
      return reply;
    } catch (error) {
      signal.throwIfAborted();
      this.#connections.failed();
      if (error instanceof DeadlineError) {
        throw new SyncError('shop_timeout', `The shop gave no complete reply within ${this.#timeoutMs} ms.`);
      }
      throw transportError(error, this.#origin);
    }
  }
}

function headersWith(
  { authHeader, authScheme }: Pick<RestShopOptions, 'authHeader' | 'authScheme'>,
  token: string | undefined,
): Record<string, string> {
  const headers = { accept: 'application/json', 'accept-encoding': ACCEPTED_ENCODINGS };
  if (token === undefined || token === '') return headers;
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(authHeader))
    throw new ConfigError(['SHOP_AUTH_HEADER: expected the name of a header.']);
  if (!/^[\x21-\x7e]+$/.test(token) || !/^[\x21-\x7e]*$/.test(authScheme)) {
    throw new ConfigError(['SHOP_TOKEN, SHOP_AUTH_SCHEME: expected ASCII without spaces or line breaks.']);
  }
  return { ...headers, [authHeader]: authScheme === '' ? token : `${authScheme} ${token}` };
}
