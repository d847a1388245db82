import { SyncError } from '../errors.ts';
import { withTraceHeaders } from '../trace-context.ts';
import { Connections } from './connections.ts';
import { type Counterpart, nameAtStart } from './counterpart.ts';
import { DeadlineError, exchange, type HttpRequest } from './exchange.ts';
import { isNotFound, type ReplyHead, transportError } from './http-errors.ts';
import { ACCEPTED_ENCODINGS, assertJson, decompressed, isCompressed, parseReply, readErrorJson } from './reply-body.ts';
import { RequestGate } from './request-gate.ts';

/** How much a server is asked for. */
export interface HttpLimits {
  /** Deadline of a whole request, from connecting to the last byte, in ms. @defaultValue 10000 */
  readonly timeoutMs: number;
  /** The largest reply, in bytes, both as sent and after decompression. @defaultValue 5242880 */
  readonly maxResponseBytes: number;
  /** The most requests at a time, which is also the most connections. @defaultValue 16 */
  readonly concurrency: number;
  /** The most requests that start within a second, evenly spaced. @defaultValue unlimited */
  readonly requestsPerSecond: number | undefined;
}

export const HTTP_LIMITS: HttpLimits = {
  timeoutMs: 10_000,
  maxResponseBytes: 5 * 1024 * 1024,
  concurrency: 16,
  requestsPerSecond: undefined,
};

export interface Reply extends ReplyHead {
  /** The parsed body of a 200; of any other status undefined, unless it is JSON and the request `keepsErrors`. */
  readonly json?: unknown;
}

/** Sent with every request. */
export const JSON_HEADERS = { accept: 'application/json', 'accept-encoding': ACCEPTED_ENCODINGS };

/**
 * Asks one server for JSON: one deadline for the whole request, a cap on the reply's size, no redirects, no other host, and the
 * trace that the request belongs to.
 */
export class JsonHttp {
  readonly #of: Counterpart;
  readonly #origin: string;
  readonly #connections: Connections;
  readonly #gate: RequestGate;
  readonly #timeoutMs: number;
  readonly #maxBytes: number;

  constructor(of: Counterpart, origin: string, limits: HttpLimits) {
    this.#of = of;
    this.#origin = origin;
    this.#timeoutMs = limits.timeoutMs;
    this.#maxBytes = limits.maxResponseBytes;
    this.#gate = new RequestGate(limits);
    this.#connections = new Connections(origin, limits);
  }

  /**
   * Begins the work, of one request or a few, once the limits allow it.
   *
   * @param work may call `free` after its last request: the next one may begin then
   * @throws the signal's reason when aborted before
   */
  run<T>(signal: AbortSignal, work: (free: () => void) => Promise<T>): Promise<T> {
    return this.#gate.run(signal, work);
  }

  /** @throws SyncError when there is no complete reply; the signal's reason when aborted */
  async send(request: HttpRequest, signal: AbortSignal): Promise<Reply> {
    try {
      const { body, ...head } = await exchange(() => this.#connections.dispatcher, {
        ...request,
        headers: withTraceHeaders(request.headers),
        timeoutMs: this.#timeoutMs,
        signal,
      });
      if (head.statusCode !== 200) {
        if (!isNotFound(head) && head.statusCode >= 300) this.#connections.failed();
        return request.keepsErrors === true
          ? { ...head, json: await readErrorJson(this.#of, head, body, this.#maxBytes) }
          : head;
      }
      assertJson(this.#of, head, request.acceptsAnyType);
      // Most replies to a server nearby are not compressed: they are read at once.
      const bytes = isCompressed(head) ? await decompressed(this.#of, head, body, this.#maxBytes) : body;
      const reply = { ...head, json: parseReply(this.#of, bytes) };
      this.#connections.succeeded();
      return reply;
    } catch (error) {
      signal.throwIfAborted();
      this.#connections.failed();
      if (error instanceof DeadlineError) {
        const finding = `${nameAtStart(this.#of)} gave no complete reply within ${this.#timeoutMs} ms.`;
        throw new SyncError(this.#of.reasons.timeout, finding);
      }
      throw transportError(this.#of, error, this.#origin);
    }
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }
}
