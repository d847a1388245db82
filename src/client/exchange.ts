import type { Dispatcher } from 'undici';
import { errorCode, type ReplyHead } from './http-errors.ts';

/** A complete reply, still encoded. */
export interface RawReply extends ReplyHead {
  /** Empty for any status other than 200, unless `keepsErrors` is set: then its beginning. */
  readonly body: Uint8Array;
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  /** @defaultValue GET */
  readonly method?: HttpMethod;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** It changes something, and must not be sent twice. @defaultValue false: if it is lost, it is sent again */
  readonly once?: boolean;
  /** Whether the body of a status other than 200 is wanted: some servers say there what is wrong. */
  readonly keepsErrors?: boolean;
  /** Whether the reply is read as JSON whatever its content type. */
  readonly acceptsAnyType?: boolean;
}

export interface ExchangeOptions extends HttpRequest {
  /** For the whole exchange, the wait for a connection included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The deadline of a request has passed. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * One request, on undici's lowest level: its `request` creates a stream and an abort signal for each reply, which is most of the
 * cost of a thousand small replies a second.
 *
 * If the server closes an idle connection just as a request goes out on it, the request fails. As long as no part of a reply
 * has arrived, a request that may be sent twice is sent again: once more,
 * within the same deadline.
 *
 * @throws DeadlineError, the signal's reason when aborted, else undici's error
 */
export async function exchange(dispatcher: () => Dispatcher, options: ExchangeOptions): Promise<RawReply> {
  const startedAt = performance.now();
  const first = new Exchange(options);
  try {
    return await first.send(dispatcher());
  } catch (error) {
    if (options.once === true || first.hasBegun || !LOST_CONNECTION.has(errorCode(error))) throw error;
    const leftMs = options.timeoutMs - (performance.now() - startedAt);
    return await new Exchange({ ...options, timeoutMs: Math.max(0, leftMs) }).send(dispatcher());
  }
}

const LOST_CONNECTION = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** An unwanted body is read up to this size, to keep the connection usable; a longer one is cut off. */
const MAX_UNWANTED_BYTES = 64 * 1024;

class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: Dispatcher.DispatchOptions;
  readonly #keepsErrors: boolean;
  readonly #reply = Promise.withResolvers<RawReply>();
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.#stop(this.#signal.reason);
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #stopped: Error | undefined;
  #head: ReplyHead = { statusCode: 0, headers: {} };
  readonly #wanted: Buffer[] = [];
  #unwantedBytes = 0;

  constructor({ method = 'GET', path, headers, body, keepsErrors = false, timeoutMs, signal }: ExchangeOptions) {
    signal.throwIfAborted();
    this.#request = body === undefined ? { method, path, headers } : { method, path, headers, body };
    this.#keepsErrors = keepsErrors;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort);
    this.#timer = setTimeout(() => this.#stop(new DeadlineError(`no complete reply in ${timeoutMs} ms`)), timeoutMs);
  }

  /** Part of a reply has arrived. */
  get hasBegun(): boolean {
    return this.#head.statusCode !== 0;
  }

  send(dispatcher: Dispatcher): Promise<RawReply> {
    dispatcher.dispatch(this.#request, this);
    return this.#reply.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It may have been stopped while it waited for a connection.
    if (this.#stopped !== undefined) controller.abort(this.#stopped);
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, headers: ReplyHead['headers']): void {
    this.#head = { statusCode, headers };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#head.statusCode === 200) {
      this.#wanted.push(chunk);
      return;
    }
    this.#unwantedBytes += chunk.length;
    if (this.#unwantedBytes <= MAX_UNWANTED_BYTES) {
      if (this.#keepsErrors) this.#wanted.push(chunk);
      return;
    }
    this.onResponseEnd();
    controller.abort(new Error('The rest of this body is not needed.'));
  }

  onResponseEnd(): void {
    this.#end();
    const [first, ...more] = this.#wanted;
    const body = first !== undefined && more.length === 0 ? first : Buffer.concat(this.#wanted);
    this.#reply.resolve({ ...this.#head, body });
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    // A status other than 200 is the whole answer.
    if (this.#head.statusCode > 200) this.onResponseEnd();
    else this.#fail(error);
  }

  #stop(reason: Error): void {
    this.#stopped = reason;
    if (reason instanceof DeadlineError) this.onResponseError(this.#controller, reason);
    else this.#fail(reason);
    this.#controller?.abort(reason);
  }

  #fail(error: Error): void {
    this.#end();
    this.#reply.reject(error);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
