import { Connections } from '../../client/connections.ts';
import type { Counterpart } from '../../client/counterpart.ts';
import { DeadlineError, exchange, type HttpMethod } from '../../client/exchange.ts';
import { type ReplyHead, transportError } from '../../client/http-errors.ts';
import { SyncError } from '../../errors.ts';
import { traceHeaders } from '../../trace-context.ts';
import { ERP } from '../erp/failures.ts';

/** An endpoint's reply, with the beginning of its body. */
export interface EndpointReply extends ReplyHead {
  readonly body: string;
}

export interface EndpointRequest {
  readonly method: HttpMethod;
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer is a few words. Whatever is longer is a page of something else. */
const MAX_REPLY_BYTES = 256 * 1024;

const ENDPOINT: Counterpart = {
  name: 'the endpoint',
  credentials: 'INTERNAL_SYSTEM_HTTP_SECRET and INTERNAL_SYSTEM_HTTP_TOKEN',
  right: 'write orders',
  address: 'INTERNAL_SYSTEM_HTTP_URL',
  reasons: ERP.reasons,
};

/** Keep-alive connections to the endpoint. No redirects: they would carry orders and secrets wherever they point. */
export class EndpointConnections {
  readonly #connections: Connections;
  readonly #timeoutMs: number;

  constructor(origin: string, { concurrency, timeoutMs }: { concurrency: number; timeoutMs: number }) {
    this.#connections = new Connections(origin, { concurrency, timeoutMs, maxResponseBytes: MAX_REPLY_BYTES });
    this.#timeoutMs = timeoutMs;
  }

  /**
   * One request, sent once: of one that was lost, nobody knows whether the endpoint is still at it.
   *
   * @throws SyncError when there is no complete reply, the signal's reason when aborted
   */
  async send({ address, headers, ...request }: EndpointRequest, signal: AbortSignal): Promise<EndpointReply> {
    try {
      const { body, ...head } = await exchange(() => this.#connections.dispatcher, {
        ...request,
        path: address.pathname + address.search,
        headers: { ...headers, ...traceHeaders() },
        once: true,
        keepsErrors: true,
        timeoutMs: this.#timeoutMs,
        signal,
      });
      if (head.statusCode < 500) this.#connections.succeeded();
      else this.#connections.failed();
      return { ...head, body: Buffer.from(body).toString() };
    } catch (error) {
      signal.throwIfAborted();
      this.#connections.failed();
      if (error instanceof DeadlineError) {
        throw new SyncError('write_failed', `The endpoint gave no complete reply within ${this.#timeoutMs} ms.`);
      }
      throw transportError(ENDPOINT, error, address.origin);
    }
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }
}
