import { buildConnector, Pool } from 'undici';
import { ConfigError, SyncError } from '../../errors.ts';
import { traceHeaders } from '../../trace-context.ts';
import { DeadlineError, exchange } from './exchange.ts';
import { ConnectError, errorCode, type ReplyHead, transportError } from './http-errors.ts';
import type { RestShopOptions } from './options.ts';
import { ACCEPTED_ENCODINGS, readJson } from './reply-body.ts';
import { RequestGate } from './request-gate.ts';

export interface Reply extends ReplyHead {
  /** The parsed body of a 200; undefined for any other status. */
  readonly json?: unknown;
}

/** Whatever a server promises, it may forget idle connections sooner, as may the firewalls in between. */
const KEEP_ALIVE_MAX_MS = 60_000;

/**
 * GETs JSON from the shop: with the credentials, one deadline for the whole request, a cap on the reply's size, no redirects,
 * no other host than the shop's, and the trace that the request belongs to. HTTP/1.1 with keep-alive.
 */
export class ShopHttp {
  readonly #origin: string;
  readonly #pool: Pool;
  readonly #gate: RequestGate;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #maxBytes: number;

  /** @throws ConfigError when the credentials can't be sent as a header */
  constructor(origin: string, options: Omit<RestShopOptions, 'baseUrl'>) {
    const { concurrency } = options;
    this.#origin = origin;
    this.#timeoutMs = options.timeoutMs;
    this.#maxBytes = options.maxResponseBytes;
    this.#headers = { accept: 'application/json', 'accept-encoding': ACCEPTED_ENCODINGS, ...credentials(options) };
    this.#gate = new RequestGate({ concurrency, requestsPerSecond: options.requestsPerSecond });
    this.#pool = new Pool(origin, {
      connections: concurrency,
      connect: connector(this.#timeoutMs),
      allowH2: false,
      // The deadline covers the whole request; these two would cover only parts of it.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      maxResponseSize: this.#maxBytes,
    });
  }

  /** @throws SyncError when there is no complete reply; the signal's reason when aborted */
  get(url: URL, signal: AbortSignal): Promise<Reply> {
    return this.#gate.run(signal, () => this.#get(url, signal));
  }

  async close(): Promise<void> {
    if (!this.#pool.closed) await this.#pool.close();
  }

  async #get(url: URL, signal: AbortSignal): Promise<Reply> {
    try {
      const { body, ...head } = await exchange(this.#pool, {
        path: url.pathname + url.search,
        headers: { ...this.#headers, ...traceHeaders() },
        timeoutMs: this.#timeoutMs,
        signal,
      });
      return head.statusCode === 200 ? { ...head, json: await readJson(head, body, this.#maxBytes) } : head;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DeadlineError) {
        throw new SyncError('shop_timeout', `The shop gave no complete reply within ${this.#timeoutMs} ms.`);
      }
      throw transportError(error, this.#origin);
    }
  }
}

/**
 * A connection attempt times out before the request does: an unreachable shop is an outage, a slow one is not. undici's own
 * limit is up to a second late, too late for short deadlines; it still closes the socket given up here.
 */
function connector(timeoutMs: number): buildConnector.connector {
  const limitMs = timeoutMs / 2;
  const connect = buildConnector({ timeout: limitMs, allowH2: false });
  return (options, callback) => {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      callback(new ConnectError(`no connection within ${limitMs} ms`), null);
    }, limitMs).unref();
    connect(options, (...[error, socket]) => {
      clearTimeout(timer);
      if (isOver) socket?.destroy();
      else if (error === null) callback(null, socket);
      else callback(new ConnectError(errorCode(error), { cause: error }), null);
    });
  };
}

function credentials({ token, authHeader, authScheme }: Omit<RestShopOptions, 'baseUrl'>): Record<string, string> {
  if (token === undefined || token === '') return {};
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(authHeader))
    throw new ConfigError(['SHOP_AUTH_HEADER: expected the name of a header.']);
  if (!/^[\x21-\x7e]+$/.test(token) || !/^[\x21-\x7e]*$/.test(authScheme)) {
    throw new ConfigError(['SHOP_TOKEN, SHOP_AUTH_SCHEME: expected ASCII without spaces or line breaks.']);
  }
  return { [authHeader]: authScheme === '' ? token : `${authScheme} ${token}` };
}
