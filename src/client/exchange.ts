import type { Dispatcher } from 'undici';
import { AbortListener } from '../async/abort-listener.ts';
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
  /** Called when a 200 has arrived, as the next request may go out then. It is read after all replies of this turn have arrived. */
  readonly replied?: (() => void) | undefined;
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
 * @param dispatcher asked for each sending
 * @throws DeadlineError, the signal's reason when aborted, else undici's error
 */
export function exchange(dispatcher: () => Dispatcher, options: ExchangeOptions): Promise<RawReply> {
  return new Exchange(dispatcher, options).reply;
}

const LOST_CONNECTION = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** An unwanted body is read up to this size, to keep the connection usable; a longer one is cut off. */
const MAX_UNWANTED_BYTES = 64 * 1024;

class Exchange implements Dispatcher.DispatchHandler {
  readonly #dispatcher: () => Dispatcher;
  readonly #request: Dispatcher.DispatchOptions;
  readonly #keepsErrors: boolean;
  readonly #replied: (() => void) | undefined;
  readonly #promised = Promise.withResolvers<RawReply>();
  readonly #abortListener: AbortListener;
  readonly #timer: NodeJS.Timeout;
  #mayRepeat: boolean;
  #controller: Dispatcher.DispatchController | undefined;
  #stopped: Error | undefined;
  /** Undefined until part of a reply has arrived. */
  #head: ReplyHead | undefined;
  readonly #wanted: Buffer[] = [];
  #unwantedBytes = 0;

  constructor(dispatcher: () => Dispatcher, options: ExchangeOptions) {
    const {
      method = 'GET',
      path,
      headers,
      body,
      keepsErrors = false,
      once = false,
      replied,
      timeoutMs,
      signal,
    } = options;
    this.#replied = replied;
    signal.throwIfAborted();
    this.#dispatcher = dispatcher;
    this.#request = body === undefined ? { method, path, headers } : { method, path, headers, body };
    this.#keepsErrors = keepsErrors;
    this.#mayRepeat = !once;
    this.#abortListener = new AbortListener(signal, () => this.stop(signal.reason));
    this.#timer = setTimeout(deadlinePassed, timeoutMs, this, timeoutMs);
    dispatcher().dispatch(this.#request, this);
  }

  get reply(): Promise<RawReply> {
    return this.#promised.promise;
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
    if (this.#head?.statusCode === 200) {
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
    const [first] = this.#wanted;
    const body = first !== undefined && this.#wanted.length === 1 ? first : Buffer.concat(this.#wanted);
    const { statusCode, headers } = this.#head ?? NO_HEAD;
    if (statusCode === 200 && this.#replied !== undefined) {
      inNextTurn(() => this.#promised.resolve({ statusCode, headers, body }));
      this.#replied();
    } else this.#promised.resolve({ statusCode, headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    // A status other than 200 is the whole answer.
    if (this.#head !== undefined && this.#head.statusCode > 200) this.onResponseEnd();
    else if (this.#mayRepeat && this.#head === undefined && LOST_CONNECTION.has(errorCode(error))) {
      this.#mayRepeat = false;
      this.#dispatcher().dispatch(this.#request, this);
    } else this.#fail(error);
  }

  stop(reason: Error): void {
    this.#stopped = reason;
    this.#mayRepeat = false;
    if (reason instanceof DeadlineError) this.onResponseError(this.#controller, reason);
    else this.#fail(reason);
    this.#controller?.abort(reason);
  }

  #fail(error: Error): void {
    this.#end();
    this.#promised.reject(error);
  }

  #end(): void {
    this.#mayRepeat = false;
    clearTimeout(this.#timer);
    this.#abortListener.stop();
  }
}

const NO_HEAD: ReplyHead = { statusCode: 0, headers: {} };

function deadlinePassed(exchange: Exchange, timeoutMs: number): void {
  exchange.stop(new DeadlineError(`no complete reply in ${timeoutMs} ms`));
}

/** What is done once this turn of the event loop has taken in all replies that have arrived. */
const later: (() => void)[] = [];

function inNextTurn(work: () => void): void {
  if (later.push(work) > 1) return;
  setImmediate(() => {
    for (const each of later.splice(0)) each();
  });
}
