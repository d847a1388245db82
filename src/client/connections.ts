/// <reference path="./undici-parts.d.ts" />
import type { buildConnector as Connect, Dispatcher } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import { ConnectError, errorCode } from './http-errors.ts';

/** Whatever a server promises, it may forget idle connections sooner, as may the firewalls in between. */
const KEEP_ALIVE_MAX_MS = 60_000;

/** A server's name may lead to another server at any time: busy connections this old are replaced too. */
const MAX_AGE_MS = 60_000;

/** One failure is an order's; this many with no success in between are the server's, perhaps one that its name has left. */
const FAILURES_TO_LEAVE = 2;

interface ConnectionLimits {
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

/** Keep-alive connections to a server, over HTTP/1.1, which do not stay with a server that keeps failing. */
export class Connections {
  readonly #create: () => Pool;
  #pool: Pool;
  #createdAt: number;
  #failuresInARow = 0;

  constructor(origin: string, { concurrency, timeoutMs, maxResponseBytes }: ConnectionLimits) {
    this.#create = () =>
      new Pool(origin, {
        connections: concurrency,
        connect: connector(timeoutMs),
        allowH2: false,
        // The deadline covers the whole request; these two would cover only parts of it.
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
        maxResponseSize: maxResponseBytes,
      });
    this.#pool = this.#create();
    this.#createdAt = performance.now();
  }

  /** For one exchange: ask again for the next. */
  get dispatcher(): Dispatcher {
    // undici's own limit takes the time of each connection for each request.
    if (performance.now() - this.#createdAt > MAX_AGE_MS && !this.#pool.closed) this.#renew();
    return this.#pool;
  }

  succeeded(): void {
    this.#failuresInARow = 0;
  }

  /** New connections look the server's name up again. Requests under way are finished on the old ones. */
  failed(): void {
    this.#failuresInARow += 1;
    if (this.#failuresInARow < FAILURES_TO_LEAVE) return;
    this.#failuresInARow = 0;
    this.#renew();
  }

  #renew(): void {
    void this.close();
    this.#pool = this.#create();
    this.#createdAt = performance.now();
  }

  async close(): Promise<void> {
    if (!this.#pool.closed) await this.#pool.close();
  }
}

/**
 * A connection attempt times out before the request does: an unreachable server is an outage, a slow one is not. undici's own
 * limit is up to a second late, too late for short deadlines; it still closes the socket given up here.
 */
function connector(timeoutMs: number): Connect.connector {
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
