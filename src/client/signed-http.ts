import { orAborted } from '../async/deadline.ts';
import type { SyncError } from '../errors.ts';
import type { Auth, Send } from './auth.ts';
import type { Counterpart } from './counterpart.ts';
import { type HttpLimits, JSON_HEADERS, JsonHttp, type Reply } from './json-http.ts';
import { type ApiRequest, toHttpRequest } from './request.ts';

export interface SignedHttpOptions {
  readonly of: Counterpart;
  readonly origin: string;
  readonly limits: HttpLimits;
  /** @defaultValue none */
  readonly auth?: Auth | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Read JSON whatever its content type says: some servers call it text/html. */
  readonly acceptsAnyType?: boolean | undefined;
  /** What is wrong with a reply. */
  readonly problemOf: (reply: Reply, request: ApiRequest) => SyncError | undefined;
  /** Whether that is the credentials: they are renewed, and the request is sent again. Nothing was done upon such a reply. */
  readonly isRefused: (problem: SyncError, reply: Reply) => boolean;
  /** Begins a request once a budget of the server's own has room for it. @defaultValue at once */
  readonly paced?: (signal: AbortSignal, send: () => Promise<Reply>) => Promise<Reply>;
}

/** Requests with credentials, which are renewed when the server refuses them. */
export class SignedHttp {
  readonly #options: SignedHttpOptions;
  readonly #http: JsonHttp;

  constructor(options: SignedHttpOptions) {
    this.#options = options;
    this.#http = new JsonHttp(options.of, options.origin, options.limits);
  }

  /** The reply to a request, once the limits allow it. @throws SyncError, or the reason of an aborted signal */
  ask(request: ApiRequest, signal: AbortSignal): Promise<Reply> {
    return this.#http.run(signal, () => this.#ask(request, signal));
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #ask(request: ApiRequest, signal: AbortSignal): Promise<Reply> {
    const { auth, problemOf } = this.#options;
    const first = await this.#sendSigned(request, signal);
    const problem = problemOf(first.reply, request);
    if (problem === undefined) return first.reply;
    const isRefused = auth !== undefined && this.#options.isRefused(problem, first.reply);
    if (!isRefused || (first.version === auth.version && !auth.renew())) throw problem;
    const { reply } = await this.#sendSigned(request, signal);
    const still = problemOf(reply, request);
    if (still !== undefined) throw still;
    return reply;
  }

  async #sendSigned(request: ApiRequest, signal: AbortSignal): Promise<SignedReply> {
    const { auth, paced = (_: AbortSignal, send: () => Promise<Reply>) => send() } = this.#options;
    // A login is everybody's: who gives up waiting for it does not end it.
    const login: Send = (loginRequest) => this.#send(loginRequest, new AbortController().signal);
    const signed = auth === undefined ? request : await orAborted(Promise.resolve(auth.sign(request, login)), signal);
    const version = auth?.version;
    return { reply: await paced(signal, () => this.#send(signed, signal)), version };
  }

  #send(request: ApiRequest, signal: AbortSignal): Promise<Reply> {
    const { headers, acceptsAnyType = false } = this.#options;
    const all = { ...JSON_HEADERS, ...headers, ...request.headers };
    return this.#http.send({ ...toHttpRequest({ ...request, headers: all }), acceptsAnyType }, signal);
  }
}

interface SignedReply {
  readonly reply: Reply;
  /** Of the credentials that it was asked for with. */
  readonly version: number | undefined;
}
